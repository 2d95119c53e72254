import { Badge, Button, Switch, Tag } from 'antd';
import { awaitsAnswer, CHANNELS, isLate, titleOf, waited } from './queue';
import type { Item, Queue } from './types';

interface Props {
  queue: Queue;
  now: number;
  open: string;
  ready: boolean;
  onReady: (ready: boolean) => void;
  onOpen: (id: string) => void;
  onTakeNext: () => void;
}

/** Left: one's own, those one was asked into, who waits, who is here. */
export function QueuePanel({ queue, now, open, ready, onReady, onOpen, onTakeNext }: Props) {
  const row = (item: Item, place?: number) => (
    <Row key={item.id} item={item} now={now} place={place} lit={item.id === open} onOpen={onOpen} />
  );
  return (
    <aside className="desk-queue" aria-label="排队和我手上的对话">
      <div className="desk-ready">
        <Switch checked={ready} onChange={onReady} checkedChildren="接新对话" unCheckedChildren="暂不接" />
        <Button type="primary" size="small" disabled={queue.waiting.length === 0} onClick={onTakeNext}>
          接下一位 <kbd>Alt N</kbd>
        </Button>
      </div>
      <section>
        <h2>
          我手上的 <Badge count={queue.mine.filter(awaitsAnswer).length} size="small" title="等我回话" />
        </h2>
        {queue.mine.length === 0 && <p className="desk-empty">手上没有对话。按 Alt+N 接下一位。</p>}
        <ol>{queue.mine.map((item, at) => row(item, at + 1))}</ol>
      </section>
      {queue.invited.length > 0 && (
        <section>
          <h2>请我看的</h2>
          <ol>{queue.invited.map((item) => row(item))}</ol>
        </section>
      )}
      <section>
        <h2>
          排队中 <Badge count={queue.waiting.length} size="small" color="#0b4a57" />
        </h2>
        {queue.waiting.length === 0 && <p className="desk-empty">没有人在等。</p>}
        <ol>{queue.waiting.map((item) => row(item))}</ol>
      </section>
      <section className="desk-colleagues">
        <h2>在座席上</h2>
        <p>
          {queue.agents.map((agent) => (
            <span key={agent.staff_id} className={agent.ready ? 'is-ready' : 'is-away'}>
              {agent.name}
              {agent.holds > 0 && `（${agent.holds}）`}
            </span>
          ))}
        </p>
      </section>
    </aside>
  );
}

interface RowProps {
  item: Item;
  now: number;
  place?: number | undefined;
  lit: boolean;
  onOpen: (id: string) => void;
}

function Row({ item, now, place, lit, onOpen }: RowProps) {
  const waiting = item.owner === 'waiting';
  const late = waiting && isLate(item, now);
  return (
    <li>
      <button
        type="button"
        className={`desk-row ${lit ? 'is-open' : ''}`}
        aria-current={lit || undefined}
        onClick={() => onOpen(item.id)}
      >
        <span className="desk-row-top">
          <strong>
            {place !== undefined && place < 10 && <kbd>{place}</kbd>}
            {titleOf(item)}
          </strong>
          {item.urgent && <Tag color="error">{item.urgent === 'deadline' ? '期限近' : '危险'}</Tag>}
        </span>
        <span className="desk-row-text">
          {item.last_who === 'agent' && '座席：'}
          {item.last_text || '还没有说话'}
        </span>
        <span className="desk-row-foot">
          {CHANNELS[item.channel] ?? item.channel}
          {item.skill_name && ` · ${item.skill_name}`}
          {waiting ? (
            <em className={late ? 'is-late' : ''}>等了 {waited(item.waiting_since, now)}</em>
          ) : (
            awaitsAnswer(item) && <em className="is-late">{waited(item.last_at, now)}没回</em>
          )}
        </span>
      </button>
    </li>
  );
}
