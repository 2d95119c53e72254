import { Button, Collapse, Empty, Tag } from 'antd';
import type { Suggested, Suggestion } from './types';

interface Props {
  suggested: Suggested | null;
  mine: boolean;
  /** On the telephone the agent speaks; there is nothing to edit. */
  isCall: boolean;
  onAdopt: () => void;
  onEdit: () => void;
  onReject: () => void;
  onAsk: (text: string) => void;
}

const DONE: Record<string, string> = { adopted: '已采用', edited: '修改后采用', rejected: '没有用' };
const AID: Record<string, string> = { likely: '多半够条件', possible: '可能够条件', unlikely: '多半不够条件' };

/** Right: what to say now, what to ask next, until when, who takes it, cases and statutes. */
export function Panel({ suggested, mine, isCall, onAdopt, onEdit, onReject, onAsk }: Props) {
  if (!suggested) {
    return (
      <aside className="desk-panel" aria-label="建议">
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description="群众说了事情以后，这里给出建议。" />
      </aside>
    );
  }
  const { suggestion, matter_name, action } = suggested;
  const open = mine && action === '';
  return (
    <aside className="desk-panel" aria-label="建议">
      {suggestion.danger && (
        <section className="desk-danger" role="alert">
          <h2>危险</h2>
          {suggestion.danger.lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </section>
      )}
      <p className="desk-matter">
        <strong>{matter_name}</strong> <Tag>{Math.round(suggestion.confidence * 100)}% 把握</Tag>
      </p>
      <Deadlines suggestion={suggestion} />
      <section className="desk-say">
        <h2>现在可以说</h2>
        <p>{suggestion.say}</p>
        {open ? (
          <div className="desk-deeds">
            <Button type="primary" size="small" onClick={onAdopt}>
              {isCall ? '照着说了' : '采用'} <kbd>F2</kbd>
            </Button>
            {!isCall && (
              <Button size="small" onClick={onEdit}>
                修改 <kbd>F4</kbd>
              </Button>
            )}
            <Button size="small" onClick={onReject}>
              不用 <kbd>F8</kbd>
            </Button>
          </div>
        ) : (
          action && <Tag>{DONE[action]}</Tag>
        )}
      </section>
      {suggestion.question && (
        <section>
          <h2>
            接着问 <kbd>Alt Q</kbd>
          </h2>
          <p>
            {suggestion.question.text} <small>{suggestion.question.why}</small>
          </p>
          <p className="desk-options">
            {suggestion.question.options.map((option) => (
              <Tag key={option.value}>{option.label}</Tag>
            ))}
          </p>
          {!isCall && (
            <Button size="small" disabled={!mine} onClick={() => onAsk(suggestion.question!.text)}>
              放进输入框
            </Button>
          )}
        </section>
      )}
      <Cases suggestion={suggestion} mine={mine && !isCall} onUse={onAsk} />
      <Body suggestion={suggestion} />
      <Limits suggestion={suggestion} />
    </aside>
  );
}

function Deadlines({ suggestion: { deadlines } }: { suggestion: Suggestion }) {
  return deadlines
    .filter((deadline) => deadline.last_day)
    .map((deadline) => (
      <p key={deadline.text} className="desk-deadline">
        <strong>
          {deadline.last_day}（{left(deadline.days_left)}）
        </strong>{' '}
        {deadline.text} <small>{deadline.basis}</small>
      </p>
    ));
}

/** Time limits whose first day is not known yet. */
function Limits({ suggestion: { deadlines } }: { suggestion: Suggestion }) {
  const open = deadlines.filter((deadline) => !deadline.last_day);
  if (open.length === 0) return null;
  return (
    <section>
      <h2>时限（还不知道从哪天算）</h2>
      {open.map((deadline) => (
        <p key={deadline.text}>
          {deadline.text} <small>{deadline.basis}</small>
        </p>
      ))}
    </section>
  );
}

function left(days: number | null | undefined): string {
  if (days === null || days === undefined) return '';
  if (days < 0) return `可能已过 ${-days} 天`;
  return days === 0 ? '今天' : `还有 ${days} 天`;
}

function Body({ suggestion: { referral } }: { suggestion: Suggestion }) {
  const { body, legal_aid: aid } = referral;
  return (
    <section>
      <h2>找谁办</h2>
      <p>
        <strong>{body.name}</strong> {body.state !== 'confirmed' && <Tag color="warning">未核实</Tag>}
      </p>
      <dl>
        <Fact name="地址" value={body.address} />
        <Fact name="电话" value={body.phone} />
        <Fact name="时间" value={body.hours} />
        {referral.say_there && <Fact name="到那里说" value={referral.say_there} />}
        {referral.bring.length > 0 && <Fact name="带上" value={referral.bring.join('、')} />}
      </dl>
      {referral.hotlines.map((line) => (
        <p key={line.number}>
          {line.name} <strong>{line.number}</strong> <small>{line.note}</small>
        </p>
      ))}
      {aid && (
        <p>
          法律援助：<strong>{AID[aid.level]}</strong>。{aid.text}
        </p>
      )}
      {referral.reasons.length > 0 && (
        <Collapse
          size="small"
          ghost
          items={[
            {
              key: 'why',
              label: '为什么找它',
              children: referral.reasons.map((reason) => (
                <p key={reason.text}>
                  {reason.text} <small>{reason.source}</small>
                </p>
              )),
            },
          ]}
        />
      )}
    </section>
  );
}

function Fact({ name, value }: { name: string; value: string | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={value ? '' : 'is-unknown'}>{value ?? '未核实'}</dd>
    </div>
  );
}

function Cases({ suggestion, mine, onUse }: { suggestion: Suggestion; mine: boolean; onUse: (text: string) => void }) {
  if (suggestion.cases.length === 0) return null;
  return (
    <section>
      <h2>案例和法条</h2>
      <Collapse
        size="small"
        items={suggestion.cases.map(({ card, fits }) => ({
          key: card.case_id,
          label: (
            <>
              {card.title} {!fits && <Tag>不一定合适</Tag>}
            </>
          ),
          children: (
            <>
              <p>{card.answer}</p>
              <ol>
                {card.steps.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
              {card.bring.length > 0 && <p>带上：{card.bring.join('、')}</p>}
              {card.statutes.map((statute) => (
                <details key={statute.id}>
                  <summary>{statute.id}</summary>
                  <p>{statute.text}</p>
                </details>
              ))}
              <Button size="small" disabled={!mine} onClick={() => onUse(card.answer)}>
                话术放进输入框
              </Button>
            </>
          ),
        }))}
      />
    </section>
  );
}
