import type { DangerCard as Danger } from '../../api';
import { telLink } from '../../phones';
import { useReader, useWords } from '../../reader';
import { texts } from '../../texts';
import { PhoneText } from '../PhoneText';

/** The number first; short lines; nothing to fill in. */
export function DangerCard({ card, fresh }: { card: Danger; fresh: boolean }) {
  const { place } = useReader();
  const words = useWords();
  return (
    <section className="card danger" role={fresh ? 'alert' : undefined} aria-label={texts.danger.heading}>
      {card.phones.map((phone) =>
        place === 'kiosk' ? (
          <p key={phone.number} className="danger-call">
            <strong>{phone.number}</strong>
            <span>{texts.danger.callElsewhere(phone.name)}</span>
          </p>
        ) : (
          <a key={phone.number} className="danger-call" href={telLink(phone.number)}>
            <strong>{phone.number}</strong>
            <span>{words('call', texts.danger.call(phone.name))}</span>
          </a>
        ),
      )}
      {card.lines.map((line, index) => (
        <p key={index}>
          <PhoneText text={line} />
        </p>
      ))}
    </section>
  );
}
