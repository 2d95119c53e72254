import { useRef } from 'react';
import type { LegalAid, ReferralCard as Referral } from '../../api';
import { telLink } from '../../phones';
import { useReader } from '../../reader';
import { onePhone } from '../../replies';
import { referralSlip } from '../../slip';
import { texts } from '../../texts';
import { NamedList } from '../Lines';
import { PhoneText } from '../PhoneText';
import { SlipActions } from '../SlipActions';
import { BodyDetails } from './BodyDetails';

interface Props {
  card: Referral;
  /** Under an answer, which has said already what to do and what to bring: only where to go, the rest folded. */
  underAnswer: boolean;
  /** Above the form that hands the story over: whoever fills it in need not go there. */
  withForm: boolean;
}

export function ReferralCard({ card, underAnswer, withForm }: Props) {
  const t = texts.referral;
  const { simple } = useReader();
  const paper = useRef<HTMLElement>(null);
  const one = onePhone(card);
  const details = (
    <>
      {card.say_there && (
        <section className="part">
          <h4>{t.sayThere}</h4>
          <blockquote>{card.say_there}</blockquote>
        </section>
      )}
      {!underAnswer && card.bring.length > 0 && (
        <p className="part">
          <strong className="named">{t.bring}</strong>
          <PhoneText text={card.bring.join('、')} />
        </p>
      )}
      {simple && <BodyDetails body={card.body} />}
      {card.alternatives.length > 0 && (
        <p className="part">
          <strong className="named">{t.alternatives}</strong>
          {card.alternatives.map((other) => other.name).join('、')}
        </p>
      )}
    </>
  );
  return (
    <article className="card slip" ref={paper}>
      <p className="slip-heading">{underAnswer ? t.compactHeading : t.heading}</p>
      <h3 className="slip-name">{card.body.name}</h3>
      {card.what_it_does && !simple && (
        <p>
          <PhoneText text={card.what_it_does} />
        </p>
      )}
      {!simple && <BodyDetails body={card.body} />}
      <ul className="hotlines part">
        {(simple ? [{ ...one, note: '' }] : card.hotlines).map((line) => (
          <li key={line.number}>
            <Call {...line} />
            {line.note && <small>{line.note}</small>}
          </li>
        ))}
      </ul>
      {underAnswer || withForm || simple ? (
        <details>
          <summary>{t.details}</summary>
          <div>{details}</div>
        </details>
      ) : (
        details
      )}
      {card.legal_aid && <LegalAidPart aid={card.legal_aid} />}
      {card.reasons.length > 0 && !simple && (
        <details>
          <summary>{t.reasons}</summary>
          <ul className="reasons">
            {card.reasons.map((reason, index) => (
              <li key={index}>
                {reason.text}
                {reason.source && <small>{t.source(reason.source)}</small>}
              </li>
            ))}
          </ul>
        </details>
      )}
      {!simple && <SlipActions slip={referralSlip(card)} paper={paper} />}
    </article>
  );
}

/** A number to call with one tap; on a terminal only its name. */
function Call({ number, name }: { number: string; name: string }) {
  const { place } = useReader();
  const inside = (
    <>
      <strong>{number}</strong> {name}
    </>
  );
  if (place === 'kiosk') return <span className="hotline">{inside}</span>;
  return (
    <a className="hotline" href={telLink(number)}>
      {inside}
    </a>
  );
}

function LegalAidPart({ aid }: { aid: LegalAid }) {
  const t = texts.referral;
  const level = t.legalAidLevel[aid.level];
  return (
    <details>
      <summary>{level ? t.legalAidFold(level) : t.legalAid}</summary>
      <div>
        <p>
          <PhoneText text={aid.text} />
        </p>
        <NamedList heading={t.legalAidPapers} items={aid.papers} />
        {aid.basis.length > 0 && <small>{t.legalAidBasis(aid.basis.join('、'))}</small>}
      </div>
    </details>
  );
}
