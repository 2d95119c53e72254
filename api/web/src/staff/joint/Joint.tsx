import { Alert, Button, Empty, Input, Popconfirm, Space, Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import '../desk/desk.css';
import { merged, newest } from '../desk/lines';
import { CHANNELS } from '../desk/queue';
import { openStream } from '../desk/stream';
import { Thread } from '../desk/Thread';
import type { Line, Person } from '../desk/types';
import { useQuery } from '../router';
import { useMe } from '../session';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';
import './joint.css';

type Joint = Schemas['JointView'];
const BEAT_MS = 20_000;
const TYPING_MS = 3_000;

/** Conversations that an agent has asked somebody of a body into: read, and speak along. */
export default function JointPage() {
  const [query, change] = useQuery();
  const [all, setAll] = useState<readonly Joint[] | null>(null);
  const [connected, setConnected] = useState(true);
  useEffect(
    () =>
      openStream({
        url: '/api/v1/desk/joint/events',
        on: { joint: (data) => setAll(data as Joint[]) },
        onState: setConnected,
        knock: () => ok(api.GET('/api/v1/desk/joint')),
      }),
    [],
  );
  if (!all) return <Spin className="page-loading" />;
  const open = all.find(({ id }) => id === query.get('c')) ?? (all.length === 1 ? all[0] : undefined);
  return (
    <div className="desk">
      {!connected && <Alert banner type="error" title="连接断了，正在重新连接。写的内容不会丢。" />}
      <div className="joint">
        <nav className="desk-queue" aria-label="请我一起谈的">
          <h2>请我一起谈的（{all.length}）</h2>
          {all.map((one) => (
            <Button key={one.id} block className="joint-one" type={one.id === open?.id ? 'primary' : 'default'} onClick={() => change({ c: one.id })}>
              {one.matter_name || '还没说清'} · {one.agent_name}
            </Button>
          ))}
        </nav>
        {open ? (
          <One key={open.id} joint={open} />
        ) : (
          <section className="desk-talk desk-none">
            <Empty
              image={Empty.PRESENTED_IMAGE_SIMPLE}
              description={all.length > 0 ? '从左边选一个对话。' : '现在没有座席请您一起谈。有人请您时，这里自动出现，不用刷新。'}
            />
          </section>
        )}
      </div>
    </div>
  );
}

function One({ joint }: { joint: Joint }) {
  const { id } = joint;
  const me = useMe();
  const params = { params: { path: { conversation_id: id } } };
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [people, setPeople] = useState<readonly Person[]>(joint.people);
  const [connected, setConnected] = useState(true);
  const [busy, run] = useAction();
  const draft = useDraft(`joint.${id}`, '', '');
  const key = useRef(crypto.randomUUID());
  const typed = useRef(0);
  const read = newest(lines);

  useEffect(
    () =>
      openStream({
        url: `/api/v1/desk/joint/${id}/events`,
        on: {
          lines: (data) => setLines((before) => merged(before, data as Line[])),
          people: (data) => setPeople(data as Person[]),
        },
        onState: setConnected,
        knock: () => ok(api.GET('/api/v1/desk/joint/{conversation_id}', { params: { path: { conversation_id: id } } })),
      }),
    [id],
  );

  const look = (looking: boolean, typing = false) =>
    void ok(
      api.POST('/api/v1/desk/joint/{conversation_id}/presence', { ...params, body: { looking, typing, read_id: read } }),
    ).catch(() => undefined);
  useEffect(() => {
    look(true);
    const timer = setInterval(() => look(true), BEAT_MS);
    return () => (clearInterval(timer), look(false));
  }, [id, read]);

  const write = (text: string) => {
    draft.change(text);
    if (Date.now() - typed.current < TYPING_MS) return;
    typed.current = Date.now();
    look(true, true);
  };
  const send = async () => {
    const text = draft.value.trim();
    if (!text || busy) return;
    const body = { client_id: key.current, text };
    if (await run(() => ok(api.POST('/api/v1/desk/joint/{conversation_id}/messages', { ...params, body })))) {
      key.current = crypto.randomUUID();
      draft.done('');
    }
  };
  const isCall = joint.channel === 'phone';
  return (
    <section className="desk-talk" aria-label="对话">
      <header>
        <h2>
          {joint.matter_name || '还没说清'}
          <small>
            {CHANNELS[joint.channel] ?? joint.channel} · {joint.agent_name}在办
          </small>
        </h2>
        <Popconfirm
          title="离开以后就看不到这次对话了。"
          okText="离开"
          cancelText="再等等"
          onConfirm={() => void run(() => ok(api.POST('/api/v1/desk/joint/{conversation_id}/leave', params)))}
        >
          <Button size="small">谈完了，离开</Button>
        </Popconfirm>
      </header>
      {!connected && <Alert banner type="error" title="连接断了，正在重新连接。写的内容不会丢。" />}
      <Thread lines={lines} people={people.filter(({ staff_id }) => staff_id !== me.id)} agent={joint.agent_id} />
      <div className="joint-say">
        <Input.TextArea
          aria-label={isCall ? '写给座席' : '对群众和座席说'}
          placeholder={isCall ? '电话里的话由座席转告；写在这里只有座席看得到。' : '群众和座席都看得到。回车发出，Shift 加回车换行。'}
          value={draft.value}
          maxLength={2000}
          autoSize={{ minRows: 2, maxRows: 5 }}
          onChange={({ target: { value } }) => write(value)}
          onPressEnter={(event) => {
            if (event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
        <Space>
          <Button type="primary" loading={busy} disabled={!draft.value.trim()} onClick={() => void send()}>
            发出
          </Button>
        </Space>
      </div>
    </section>
  );
}
