import type { Story } from './api';
import { dayWithWeekday } from './dates';

const WHO: Record<string, string> = { citizen: '办事人', bot: '一拨通', agent: '座席' };

/** Everything that was told and shown, so that nobody has to tell it again. */
export function StoryView({ story }: { story: Story }) {
  return (
    <section className="card">
      <h2>事情</h2>
      {story.note && <p className="told">{story.note}</p>}
      {story.facts.length > 0 && (
        <ul>
          {story.facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      )}
      {story.told
        .filter((said) => said.who === 'citizen')
        .map((said) => (
          <blockquote key={said.at + said.text} className="told">
            {said.text}
          </blockquote>
        ))}
      {story.deadlines.length > 0 && (
        <>
          <h3>法律上的期限</h3>
          <ul>
            {story.deadlines.map((limit) => (
              <li key={limit.text} className={limit.days_left !== null && limit.days_left <= 7 ? 'overdue' : ''}>
                {limit.text}
                {limit.last_day && `（算下来最后一天是 ${dayWithWeekday(limit.last_day)}）`}
                <small>{limit.basis}</small>
              </li>
            ))}
          </ul>
        </>
      )}
      {story.reasons.length > 0 && (
        <>
          <h3>为什么转给这里</h3>
          <ul>
            {story.reasons.map((reason) => (
              <li key={reason.text}>
                {reason.text}
                <small>{reason.source}</small>
              </li>
            ))}
          </ul>
        </>
      )}
      <details>
        <summary>已经给办事人看过的答复、法条和全部对话</summary>
        {story.cases.map((shown) => (
          <p key={shown.id}>
            <strong>{shown.title}</strong>：{shown.answer}
          </p>
        ))}
        {story.statutes.length > 0 && <p>法条：{story.statutes.join('、')}</p>}
        <ol className="transcript">
          {story.told.map((said, index) => (
            <li key={index}>
              <strong>{WHO[said.who] ?? said.who}：</strong>
              {said.text}
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}
