import type { AnswerCard as Answer } from '../../api';
import { fullDay } from '../../dates';
import { firstSentence } from '../../replies';
import { texts } from '../../texts';
import { Lines, NamedList } from '../Lines';
import { PhoneText } from '../PhoneText';

export function AnswerCard({ card }: { card: Answer }) {
  const { first, rest } = firstSentence(card);
  return (
    <article className="card answer">
      <p className="answer-title">{card.title}</p>
      <h3 className="answer-first">
        <PhoneText text={first} />
      </h3>
      {rest && <Lines lines={rest.split('\n')} />}
      {card.steps.length > 0 && (
        <section className="part">
          <h4>{texts.answer.steps}</h4>
          <ol className="steps">
            {card.steps.map((step, index) => (
              <li key={index}>
                <PhoneText text={step} />
              </li>
            ))}
          </ol>
        </section>
      )}
      <NamedList heading={texts.answer.bring} items={card.bring} />
      {card.time_limits.length > 0 && (
        <section className="part time-limits">
          <h4>{texts.answer.timeLimits}</h4>
          <ul>
            {card.time_limits.map((limit, index) => (
              <li key={index}>
                <PhoneText text={limit.text} />
                {limit.basis && <small>{texts.answer.timeBasis(limit.basis)}</small>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {card.settles && (
        <section className="part">
          <h4>{texts.answer.settles}</h4>
          <Lines lines={card.settles.split('\n')} />
        </section>
      )}
      {card.statutes.length > 0 && (
        <details>
          <summary>{texts.answer.statutes(card.statutes.length)}</summary>
          {card.statutes.map((statute) => (
            <section className="statute" key={statute.id}>
              <h4>{statute.id}</h4>
              <Lines lines={statute.text.split('\n')} />
              <small>{texts.answer.effective(fullDay(statute.effective))}</small>
            </section>
          ))}
        </details>
      )}
      {card.other_sources.length > 0 && (
        <section className="part other-sources">
          <h4>
            {texts.answer.otherSources} <span className="tag amber">{texts.answer.unverified}</span>
          </h4>
          <ul>
            {card.other_sources.map((source, index) => (
              <li key={index}>{source}</li>
            ))}
          </ul>
        </section>
      )}
      {(card.note || card.sample) && <p className="small-note">{card.note || texts.answer.sample}</p>}
    </article>
  );
}
