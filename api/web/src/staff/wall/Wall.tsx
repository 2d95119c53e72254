import { useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Spin, Tag } from 'antd';
import { useEffect, useState, type ReactNode } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { CHANNELS, isLate, titleOf, waited } from '../desk/queue';
import { openStream } from '../desk/stream';
import { useClock } from '../desk/useQueue';
import { Link } from '../router';
import { atRisk, longestWait } from './waiting';
import './wall.css';

type View = Schemas['WallView'];

const STATES: Record<Schemas['WallAgent']['state'], string> = {
  call: '通话中',
  talk: '在办',
  ready: '空闲',
  paused: '暂不接',
};

/** The desk as it is now: who waits, calls, conversations, agents, tickets that need a decision. */
export default function Wall() {
  const { wall, connected } = useWall();
  const now = useClock();
  const tickets = useServerState({
    queryKey: ['wall-tickets'],
    queryFn: () => ok(api.GET('/api/v1/desk/wall/tickets')),
    refetchInterval: 30_000,
  });
  const lost = !connected && <Alert banner type="error" title="和服务器的连接断了，正在重新连接。下面是断开前的情况。" />;
  if (!wall) return lost || <Spin className="page-loading" description="正在连接" />;
  const late = wall.queue.filter((item) => isLate(item, now)).length;
  const risky = wall.queue.filter((item) => atRisk(item, now)).length;
  const figures = tickets.data;
  return (
    <div className="wall">
      {lost}
      <section aria-label="现在的情况" className="wall-figures">
        <Figure name="在等人工" value={wall.waiting} />
        <Figure name="等得最久" value={longestWait(wall.queue, now) || '—'} alarm={late > 0} />
        <Figure name="等过了承诺" value={late} alarm={late > 0} />
        <Figure name="快到承诺" value={risky} warn={risky > 0} />
        <Figure name="危险或期限近" value={wall.urgent} alarm={wall.urgent > 0} />
        <Figure name="在座席上" value={wall.agents.length} />
      </section>
      <section aria-label="工单" className="wall-figures">
        <Figure name="工单超期" value={figures?.overdue} alarm={Boolean(figures?.overdue)} to="/overdue" />
        <Figure name="再次退回，等裁定" value={figures?.disputed} alarm={Boolean(figures?.disputed)} to="/overdue?tab=disputed" />
        <Figure name="今天到期" value={figures?.today} warn={Boolean(figures?.today)} to="/tickets?due=today" />
        <Figure name="快到期" value={figures?.soon} to="/tickets?due=soon" />
        <Figure name="要回访" value={figures?.callbacks} warn={Boolean(figures?.callbacks)} to="/overdue?tab=callbacks" />
      </section>
      <div className="wall-columns">
        <List title="排队" empty="没有人在等。" count={wall.queue.length}>
          {wall.queue.map((item) => (
            <li key={item.id} className={isLate(item, now) ? 'is-late' : atRisk(item, now) ? 'is-near' : ''}>
              <strong>{titleOf(item)}</strong> {urgent(item)}
              <em>等了 {waited(item.waiting_since, now)}</em>
              <small>
                {CHANNELS[item.channel] ?? item.channel}
                {item.skill_name && ` · ${item.skill_name}`}
              </small>
            </li>
          ))}
        </List>
        <List title="通话" empty="现在没有电话。" count={wall.calls.length}>
          {wall.calls.map((call) => (
            <li key={call.id}>
              <strong>{call.agent_name || '还没有人接'}</strong>
              <em>
                {call.state === 'ringing' ? '响了' : '讲了'} {waited(call.since, now)}
              </em>
              <small>
                来电 {call.phone_shown || '号码没有显示'}
                {call.matter_name && ` · ${call.matter_name}`}
              </small>
              <Listen id={call.conversation_id} what={`${call.agent_name}的电话`} />
            </li>
          ))}
        </List>
        <List title="正在办的对话" empty="现在没有对话在办。" count={wall.held}>
          {wall.conversations.map((item) => (
            <li key={item.id}>
              <strong>{item.agent_name}</strong> {urgent(item)}
              <em>{item.last_who === 'citizen' && item.channel !== 'phone' ? `${waited(item.last_at, now)}没回` : ''}</em>
              <small>
                {titleOf(item)} · {CHANNELS[item.channel] ?? item.channel}
              </small>
              <Listen id={item.id} what={`${item.agent_name}的对话`} />
            </li>
          ))}
        </List>
        <List title="座席" empty="没有人在座席上。" count={wall.agents.length}>
          {wall.agents.map((agent) => (
            <li key={agent.staff_id}>
              <strong>{agent.name}</strong> <Tag className={`wall-state is-${agent.state}`}>{STATES[agent.state]}</Tag>
              {agent.holds > 0 && <em>手上 {agent.holds}</em>}
              <small>{agent.skill_names.join('、') || '各类事项'}</small>
            </li>
          ))}
        </List>
      </div>
    </div>
  );
}

/** The wall, live. */
function useWall(): { wall: View | null; connected: boolean } {
  const [wall, setWall] = useState<View | null>(null);
  const [connected, setConnected] = useState(true);
  useEffect(
    () =>
      openStream({
        url: '/api/v1/desk/wall/events',
        on: { wall: (data) => setWall(data as View) },
        onState: setConnected,
        knock: () => ok(api.GET('/api/v1/desk/wall')),
      }),
    [],
  );
  return { wall, connected };
}

interface FigureProps {
  name: string;
  value: ReactNode;
  alarm?: boolean;
  warn?: boolean;
  to?: string;
}

function Figure({ name, value, alarm, warn, to }: FigureProps) {
  const shown = (
    <>
      <span>{name}</span>
      <strong>{value ?? '…'}</strong>
    </>
  );
  const look = `wall-figure ${alarm ? 'is-alarm' : warn ? 'is-warn' : ''}`;
  return to ? (
    <Link to={to} className={look}>
      {shown}
    </Link>
  ) : (
    <div className={look}>{shown}</div>
  );
}

function List({ title, empty, count, children }: { title: string; empty: string; count: number; children: ReactNode }) {
  return (
    <section className="wall-list">
      <h2>
        {title} <small>{count}</small>
      </h2>
      {count === 0 ? <p className="wall-empty">{empty}</p> : <ol>{children}</ol>}
    </section>
  );
}

function Listen({ id, what }: { id: string; what: string }) {
  return (
    <Link to={`/wall/${id}`} className="wall-listen" aria-label={`旁听${what}`}>
      旁听
    </Link>
  );
}

function urgent({ urgent: why }: { urgent: string }): ReactNode {
  return why ? <Tag color="error">{why === 'deadline' ? '期限近' : '危险'}</Tag> : null;
}
