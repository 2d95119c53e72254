import { Alert, Button, Space, Spin, Tag } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, ok } from '../api/client';
import { Link } from '../router';
import { useMe } from '../session';
import { useAction } from '../useAction';
import { CallBar, useCall, type CallBarHandle } from './CallBar';
import { Composer, type ComposerHandle } from './Composer';
import { NoteDialog, PassDialog, TicketDialog, WrapUpDialog } from './dialogs';
import type { Command } from './keys';
import { Panel } from './Panel';
import type { Known } from './phrases';
import { CHANNELS, titleOf, waited } from './queue';
import { Thread } from './Thread';
import type { Queue, Suggested, Talk as TalkView } from './types';
import { useTalk } from './useTalk';

interface Props {
  id: string;
  queue: Queue;
  now: number;
  /** Hands the keyboard's commands to this conversation; returns how to stop. */
  listen: (run: (command: Command) => void) => () => void;
}

type Dialog = 'ticket' | 'end' | 'pass' | 'note';

/** Middle and right: one conversation with its suggestions. */
export function Talk({ id, queue, now, listen }: Props) {
  const me = useMe();
  const { talk, lines, connected, gone, typing } = useTalk(id);
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [taking, run] = useAction();
  const composer = useRef<ComposerHandle>(null);
  const heard = useRef<CallBarHandle>(null);
  const phrases = useQuery({ queryKey: ['desk-phrases'], queryFn: () => ok(api.GET('/api/v1/desk/phrases')) });
  const path = { params: { path: { conversation_id: id } } };

  const take = () => void run(() => ok(api.POST('/api/v1/desk/conversations/{conversation_id}/take', path)));
  const isCall = talk?.item.channel === 'phone';
  /** On the telephone the sentence is spoken; it is only written down. */
  const adopt = (suggestion: Suggested) => {
    if (!isCall) return void composer.current?.send(suggestion.suggestion.say, suggestion);
    void run(() =>
      ok(
        api.POST('/api/v1/desk/conversations/{conversation_id}/messages', {
          ...path,
          body: {
            client_id: `spoken-${suggestion.id}`,
            text: suggestion.suggestion.say,
            leave_out: false,
            suggestion_id: suggestion.id,
          },
        }),
      ),
    );
  };
  const reject = ({ id: suggestion_id }: Suggested) =>
    void run(() =>
      ok(
        api.POST('/api/v1/desk/conversations/{conversation_id}/suggestions/{suggestion_id}/reject', {
          params: { path: { conversation_id: id, suggestion_id } },
        }),
      ),
    );
  const call = useCall(id, isCall);
  const suggested = talk?.suggested ?? null;
  const open = talk?.mine && suggested?.action === '' ? suggested : null;

  useEffect(() =>
    listen((command) => {
      if (!talk) return;
      if (command === 'note') return setDialog('note');
      if (!talk.mine) return;
      if (command === 'compose') (composer.current ?? heard.current)?.focus();
      if (command === 'adopt' && open) adopt(open);
      if (command === 'edit' && open) composer.current?.fill(open.suggestion.say, open);
      if (command === 'reject' && open) reject(open);
      if (command === 'ask' && suggested?.suggestion.question) composer.current?.fill(suggested.suggestion.question.text);
      if (command === 'ticket' || command === 'end' || command === 'pass') setDialog(command);
    }),
  );

  if (gone) return <Alert className="desk-gone" type="info" title={gone} />;
  if (!talk) return <Spin className="page-loading" />;
  const { item, mine } = talk;
  return (
    <>
      <section className="desk-talk" aria-label="对话">
        <header>
          <h2>
            {titleOf(item)} {item.urgent && <Tag color="error">{item.urgent === 'deadline' ? '期限近' : '危险'}</Tag>}
            <small>
              {CHANNELS[item.channel] ?? item.channel} · {state(talk, now)}
              {talk.tickets.map((number) => (
                <span key={number}>
                  {' '}
                  · <Link to={`/tickets/${number}`}>工单 {number}</Link>
                </span>
              ))}
              {talk.wechat_left !== null && <WeChatLeft left={talk.wechat_left} />}
            </small>
          </h2>
          {mine ? (
            <Space size={4}>
              <Button size="small" onClick={() => setDialog('ticket')}>
                开工单 <kbd>F9</kbd>
              </Button>
              <Button size="small" onClick={() => setDialog('pass')}>
                转交 <kbd>Alt Z</kbd>
              </Button>
              <Button size="small" onClick={() => setDialog('end')}>
                结束 <kbd>Alt W</kbd>
              </Button>
            </Space>
          ) : (
            item.owner === 'waiting' && (
              <Button type="primary" loading={taking} onClick={take}>
                接起来
              </Button>
            )
          )}
        </header>
        {!connected && <Alert banner type="error" title="连接断了，正在重新连接。写的内容不会丢。" />}
        <Thread lines={lines} people={talk.people} agent={item.agent_id} />
        {call && <CallBar ref={heard} call={call} mine={mine} question={suggested?.suggestion.question ?? null} />}
        {mine && item.channel !== 'phone' && (
          <Composer
            ref={composer}
            id={id}
            phrases={phrases.data ?? []}
            known={knownOf(talk, me.name)}
            onTyping={typing}
          />
        )}
      </section>
      <Panel
        suggested={suggested}
        mine={mine}
        isCall={isCall}
        onAdopt={() => open && adopt(open)}
        onEdit={() => open && composer.current?.fill(open.suggestion.say, open)}
        onReject={() => open && reject(open)}
        onAsk={(text) => composer.current?.fill(text)}
      />
      {dialog === 'ticket' && <TicketDialog id={id} onClose={() => setDialog(null)} />}
      {dialog === 'end' && <WrapUpDialog id={id} onClose={() => setDialog(null)} />}
      {dialog === 'pass' && <PassDialog id={id} queue={queue} me={me.id} onClose={() => setDialog(null)} />}
      {dialog === 'note' && <NoteDialog id={id} onClose={() => setDialog(null)} />}
    </>
  );
}

/** WeChat takes five messages until the citizen writes again; bot, agent and notices share them. */
function WeChatLeft({ left }: { left: number }) {
  const title = '市民发来一句之后，48 小时里最多给他发 5 条微信；机器、座席和进度通知合着算。';
  if (left > 0) return <span title={title}> · 微信还能发 {left} 条</span>;
  return (
    <Tag color="warning" title={title}>
      微信发不出了，等他再说一句，或打电话
    </Tag>
  );
}

function state({ item, mine, people }: TalkView, now: number): string {
  const citizen = people.find((person) => person.staff_id === 0);
  if (item.channel === 'phone') return mine ? '我在接' : item.agent_name ? `${item.agent_name}在接` : '电话在响';
  const there = citizen?.looking ? '群众在线' : '群众不在页面上';
  if (item.owner === 'waiting') return `等了 ${waited(item.waiting_since, now)} · ${there}`;
  return `${mine ? '我在办' : `${item.agent_name}在办`} · ${there}`;
}

function knownOf({ item, suggested, tickets }: TalkView, name: string): Known {
  const days = (suggested?.suggestion.deadlines ?? []).map((deadline) => deadline.last_day).filter(Boolean) as string[];
  return {
    座席: name,
    单位: suggested?.suggestion.referral.body.name ?? '',
    事项: item.matter_name,
    工单: tickets[tickets.length - 1] ?? '',
    期限: days.sort()[0] ?? '',
  };
}
