import { Alert, Button, Empty, Spin } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, ok } from '../api/client';
import { useQuery } from '../router';
import { useMe } from '../session';
import { useAction } from '../useAction';
import './desk.css';
import { HelpDialog } from './dialogs';
import { commandOf, type Command } from './keys';
import { neighbour, waited } from './queue';
import { QueuePanel } from './QueuePanel';
import { Talk } from './Talk';
import { useClock, useQueue } from './useQueue';

/** The agent's desk: who waits on the left, the conversation in the middle, help on the right. */
export default function Desk() {
  const me = useMe();
  const [query, setQuery] = useQuery();
  const open = query.get('c') ?? '';
  const [ready, setReady] = useState(true);
  const [help, setHelp] = useState(false);
  const { queue, connected } = useQueue(ready);
  const now = useClock();
  const [, run] = useAction();
  const talk = useRef<(command: Command) => void>(() => undefined);

  const listen = useCallback((take: (command: Command) => void) => {
    talk.current = take;
    return () => {
      talk.current = () => undefined;
    };
  }, []);

  const show = (id: string) => id && setQuery({ c: id });

  // A call that was lifted at this desk is what the agent does now: it opens by itself, once.
  const lifted = queue?.calls.find(({ state }) => state === 'answered');
  const opened = useRef('');
  useEffect(() => {
    if (!lifted || opened.current === lifted.id) return;
    opened.current = lifted.id;
    setQuery({ c: lifted.conversation_id });
  }, [lifted, setQuery]);

  const takeNext = () => {
    const next = queue?.waiting[0];
    if (!next) return;
    void run(async () => {
      await ok(
        api.POST('/api/v1/desk/conversations/{conversation_id}/take', {
          params: { path: { conversation_id: next.id } },
        }),
      );
      show(next.id);
    });
  };

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      const writing = Boolean(target?.closest('input, textarea, [contenteditable]'));
      if (target?.closest('[role=dialog]')) return;
      const command = commandOf(event, writing);
      if (!command) return;
      event.preventDefault();
      if (command === 'help') setHelp(true);
      else if (command === 'next') takeNext();
      else if (command === 'up' || command === 'down') queue && show(neighbour(queue, open, command === 'up' ? -1 : 1));
      else if (typeof command === 'object') show(queue?.mine[command.open - 1]?.id ?? '');
      else talk.current(command);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });

  // What waits is seen from another window too.
  const waiting = queue?.waiting.length ?? 0;
  useEffect(() => {
    document.title = `${waiting ? `(${waiting}) ` : ''}座席台 · 一拨通工作台`;
  }, [waiting]);

  const lost = !connected && (
    <Alert banner type="error" title="和服务器的连接断了，正在重新连接。排队的人和您写的内容都不会丢。" />
  );
  if (!queue) return <div className="desk">{lost || <Spin className="page-loading" description="正在连接" />}</div>;
  return (
    <div className="desk">
      {lost}
      {queue.calls
        .filter(({ state }) => state === 'ringing')
        .map((call) => (
          <Alert
            key={call.id}
            banner
            type="warning"
            role="alert"
            title={`来电 ${call.phone_shown || '号码没有显示'}，响了 ${waited(call.began_at, now)}。拿起话机就接通，这里自动打开。`}
          />
        ))}
      <div className="desk-columns">
        <QueuePanel
          queue={queue}
          now={now}
          open={open}
          ready={ready}
          onReady={setReady}
          onOpen={show}
          onTakeNext={takeNext}
        />
        {open ? (
          <Talk key={open} id={open} queue={queue} now={now} listen={listen} />
        ) : (
          <section className="desk-talk desk-none">
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={`${me.name}，从左边选一个对话，或按 Alt+N 接下一位。`}>
              <Button onClick={() => setHelp(true)}>
                快捷键 <kbd>?</kbd>
              </Button>
            </Empty>
          </section>
        )}
      </div>
      {help && <HelpDialog onClose={() => setHelp(false)} />}
    </div>
  );
}
