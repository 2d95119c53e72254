import type { AnswerCard as Answer } from '../../api';
import { fullDay } from '../../dates';
import { useReader } from '../../reader';
import { firstSentence, STEPS_SHOWN } from '../../replies';
import { texts } from '../../texts';
import { Lines, NamedList } from '../Lines';
import { PhoneText } from '../PhoneText';

/** What it comes to, the one thing to do first, then the rest; what only some want to read is folded. */
export function AnswerCard({ card }: { card: Answer }) {
  const t = texts.answer;
  const { simple } = useReader();
  const { first, rest } = firstSentence(card);
  const [firstStep, ...laterSteps] = card.steps;
  const further = (
    <>
      {rest && <Lines lines={rest.split('\n')} />}
      <Steps heading={t.then} steps={laterSteps.slice(0, STEPS_SHOWN - 1)} start={2} />
      {card.bring.length > 0 && (
        <p className="part">
          <strong className="named">{t.bring}</strong>
          <PhoneText text={card.bring.join('、')} />
        </p>
      )}
      {card.time_limits.length > 0 && (
        <section className="part time-limits">
          <h4>{t.by}</h4>
          <Lines lines={card.time_limits.map((limit) => limit.text)} />
        </section>
      )}
    </>
  );
  return (
    <article className="card answer">
      <h3 className="answer-first">
        <PhoneText text={first} />
      </h3>
      <p className="answer-title">{t.about(card.title)}</p>
      {firstStep && (
        <section className="part do-first">
          <h4>{t.first}</h4>
          <p>
            <PhoneText text={firstStep} />
          </p>
        </section>
      )}
      {simple ? (
        <details>
          <summary>{t.all}</summary>
          <div>{further}</div>
        </details>
      ) : (
        further
      )}
      <More card={card} laterSteps={laterSteps.slice(STEPS_SHOWN - 1)} />
      {(card.note || card.sample) && <p className="small-note">{card.note || t.sample}</p>}
    </article>
  );
}

/** For whoever wants to know more: the last steps and what it turns on; and the law behind it. */
function More({ card, laterSteps }: { card: Answer; laterSteps: string[] }) {
  const t = texts.answer;
  const bases = [...new Set(card.time_limits.map((limit) => limit.basis).filter(Boolean))];
  return (
    <>
      {(laterSteps.length > 0 || card.settles) && (
        <details>
          <summary>{laterSteps.length > 0 ? t.more : t.settles}</summary>
          <div>
            <Steps heading={t.moreSteps} steps={laterSteps} start={STEPS_SHOWN + 1} />
            {card.settles && (
              <section className="part">
                {laterSteps.length > 0 && <h4>{t.settles}</h4>}
                <Lines lines={card.settles.split('\n')} />
              </section>
            )}
          </div>
        </details>
      )}
      {card.statutes.length > 0 && (
        <details>
          <summary>{t.statutes(card.statutes.length)}</summary>
          <div>
            {card.statutes.map((statute) => (
              <section className="statute" key={statute.id}>
                <h4>{statute.id}</h4>
                <Lines lines={statute.text.split('\n')} />
                <small>{t.effective(fullDay(statute.effective))}</small>
              </section>
            ))}
            <NamedList heading={t.timeBases} items={bases} />
            <NamedList heading={`${t.otherSources}（${t.unverified}）`} items={card.other_sources} />
          </div>
        </details>
      )}
      {card.statutes.length === 0 && (
        <NamedList heading={`${t.otherSources}（${t.unverified}）`} items={[...bases, ...card.other_sources]} />
      )}
    </>
  );
}

function Steps({ heading, steps, start }: { heading: string; steps: string[]; start: number }) {
  if (steps.length === 0) return null;
  return (
    <section className="part">
      <h4>{heading}</h4>
      <ol className={`steps from-${start}`} start={start}>
        {steps.map((step, index) => (
          <li key={index}>
            <PhoneText text={step} />
          </li>
        ))}
      </ol>
    </section>
  );
}
