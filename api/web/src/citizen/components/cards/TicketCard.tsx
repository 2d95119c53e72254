import { useEffect, useMemo, useRef } from 'react';
import type { TicketCard as Ticket } from '../../api';
import { FileBox } from '../../../files/FileBox';
import { useReader, useWords } from '../../reader';
import { ticketSlip } from '../../slip';
import { texts } from '../../texts';
import { ticketQueue } from '../../ticketFiles';
import { NamedList } from '../Lines';
import { PhoneText } from '../PhoneText';
import { SlipActions } from '../SlipActions';
import { BodyDetails } from './BodyDetails';

interface Props {
  card: Ticket;
  fresh: boolean;
  onFollow: () => void;
}

export function TicketCard({ card, fresh, onFollow }: Props) {
  const t = texts.ticket;
  const { place, fileLimits } = useReader();
  const words = useWords();
  const paper = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const queue = useMemo(() => ticketQueue(card.number, card.query_code), [card.number, card.query_code]);

  // The form that had the focus is gone; the slip takes its place.
  useEffect(() => {
    if (fresh) heading.current?.focus({ preventScroll: true });
  }, [fresh]);

  return (
    <article className="card slip ticket" ref={paper}>
      <h3 className="slip-heading" ref={heading} tabIndex={-1}>
        {t.heading}
      </h3>
      <dl className="ticket-codes">
        <div>
          <dt>{words('number', t.number)}</dt>
          <dd className="ticket-number">{card.number}</dd>
        </div>
        <div>
          <dt>{words('code', t.code)}</dt>
          <dd className="ticket-code">{card.query_code}</dd>
        </div>
      </dl>
      <p>{words('keep', place === 'kiosk' ? t.keepKiosk : t.keep)}</p>
      <SlipActions slip={ticketSlip(card)} paper={paper} />
      {card.next && (
        <section className="part">
          <h4>{words('next', t.next)}</h4>
          <p>
            <PhoneText text={card.next} />
          </p>
        </section>
      )}
      <section className="part">
        <h4>{words('body', t.body)}</h4>
        <p className="ticket-body">{card.body.name}</p>
        <BodyDetails body={card.body} />
      </section>
      <NamedList heading={t.sent} items={card.sent} />
      {place !== 'kiosk' && (
        <section className="part file-part">
          <h4>{t.files}</h4>
          <FileBox files={[]} limits={fileLimits} queue={queue} own="citizen" />
        </section>
      )}
      <div className="slip-buttons">
        <button type="button" className="button" onClick={onFollow}>
          {words('follow', t.follow)}
        </button>
      </div>
    </article>
  );
}
