import type { LegalAid, ReferralCard as Referral } from '../../api';
import { telLink } from '../../phones';
import { texts } from '../../texts';
import { NamedList } from '../Lines';
import { PhoneText } from '../PhoneText';
import { BodyDetails } from './BodyDetails';

export function ReferralCard({ card }: { card: Referral }) {
  const t = texts.referral;
  return (
    <article className="card slip">
      <p className="slip-heading">{t.heading}</p>
      <h3 className="slip-name">{card.body.name}</h3>
      {card.what_it_does && (
        <section className="part">
          <h4>{t.whatItDoes}</h4>
          <p>
            <PhoneText text={card.what_it_does} />
          </p>
        </section>
      )}
      <BodyDetails body={card.body} />
      <NamedList heading={t.bring} items={card.bring} />
      {card.say_there && (
        <section className="part">
          <h4>{t.sayThere}</h4>
          <blockquote>{card.say_there}</blockquote>
        </section>
      )}
      {card.hotlines.length > 0 && (
        <section className="part">
          <h4>{t.hotlines}</h4>
          <ul className="hotlines">
            {card.hotlines.map((line) => (
              <li key={line.number}>
                <a className="hotline" href={telLink(line.number)}>
                  <strong>{line.number}</strong> {line.name}
                </a>
                {line.note && <small>{line.note}</small>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {card.legal_aid && <LegalAidPart aid={card.legal_aid} />}
      <NamedList heading={t.alternatives} items={card.alternatives.map((other) => other.name)} />
      {card.reasons.length > 0 && (
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
    </article>
  );
}

function LegalAidPart({ aid }: { aid: LegalAid }) {
  const t = texts.referral;
  const level = t.legalAidLevel[aid.level];
  return (
    <section className="part legal-aid">
      <h4>{t.legalAid}</h4>
      {level && <p className="legal-aid-level">{level}</p>}
      <p>
        <PhoneText text={aid.text} />
      </p>
      <NamedList heading={t.legalAidPapers} items={aid.papers} />
      {aid.basis.length > 0 && <small>{t.legalAidBasis(aid.basis.join('、'))}</small>}
    </section>
  );
}
