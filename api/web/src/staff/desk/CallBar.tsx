import { Button, Input, Popover, Space, Tag, type GetRef } from 'antd';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { minute } from '../moments';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';
import type { Suggestion } from './types';

type Call = Schemas['CallView'];

/** The call a conversation belongs to; null for what is none. */
export function useCall(conversationId: string, isCall: boolean): Call | null {
  const { data } = useQuery({
    queryKey: ['desk-calls'],
    queryFn: () => ok(api.GET('/api/v1/calls')),
    enabled: isCall,
    refetchInterval: 5_000,
  });
  return data?.find((call) => call.conversation_id === conversationId) ?? null;
}

interface Props {
  call: Call;
  mine: boolean;
  question: Suggestion['question'];
  ref: Ref<CallBarHandle>;
}

export interface CallBarHandle {
  focus: () => void;
}

/** While a caller speaks: who calls, what they say typed along, the suggested question answered by one tap. */
export function CallBar({ call, mine, question, ref }: Props) {
  const said = useDraft(`desk.heard.${call.id}`, '');
  const [busy, run] = useAction();
  const params = { params: { path: { call_id: call.id } } };
  const input = useRef<GetRef<typeof Input.TextArea>>(null);
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }));
  useEffect(() => input.current?.focus(), [mine]); // whoever lifts the telephone writes along at once

  async function hear() {
    const text = said.value.trim();
    if (!text) return;
    const body = { sequence: Date.now() % 1_000_000_000, speaker: 'caller' as const, text, final: true };
    if (await run(() => ok(api.POST('/api/v1/calls/{call_id}/segments', { ...params, body })))) said.done('');
  }

  const answer = (question_id: string, value: string) =>
    void run(() =>
      ok(
        api.POST('/api/v1/calls/{call_id}/answers', {
          ...params,
          body: { sequence: Date.now() % 1_000_000_000, question: question_id, value },
        }),
      ),
    );

  return (
    <div className="desk-composer">
      <p className="desk-caller">
        <strong>来电 {call.phone_shown || '号码没有显示'}</strong>{' '}
        <Tag>{call.state === 'ringing' ? '在响' : '通话中'}</Tag>
        {mine && <Proof call={call} />}
      </p>
      {mine && question && (
        <p className="desk-options">
          问：{question.text}
          {question.options.map((option) => (
            <Button key={option.value} size="small" disabled={busy} onClick={() => answer(question.id, option.value)}>
              {option.label}
            </Button>
          ))}
        </p>
      )}
      {mine && (
        <Input.TextArea
          ref={input}
          aria-label="对方说的话"
          placeholder="对方说的话，边听边记。Enter 记下并看建议"
          value={said.value}
          maxLength={2000}
          autoSize={{ minRows: 2, maxRows: 6 }}
          onChange={({ target: { value } }) => said.change(value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            void hear();
          }}
        />
      )}
    </div>
  );
}

/** Earlier tickets, once the caller has named one and its query code. */
function Proof({ call }: { call: Call }) {
  const [number, setNumber] = useState('');
  const [code, setCode] = useState('');
  const [found, setFound] = useState<Schemas['EarlierTicket'][]>([]);
  const [busy, run] = useAction();
  const client = useQueryClient();
  const prove = () =>
    run(async () => {
      const body = { number, code };
      setFound(await ok(api.POST('/api/v1/calls/{call_id}/proof', { params: { path: { call_id: call.id } }, body })));
      void client.invalidateQueries({ queryKey: ['desk-calls'] });
    });
  return (
    <Popover
      trigger="click"
      title="以前办过的事"
      content={
        <div className="desk-proof">
          {found.length === 0 ? (
            <Space.Compact>
              <Input aria-label="工单号" placeholder="工单号" value={number} onChange={(e) => setNumber(e.target.value)} />
              <Input aria-label="查询码" placeholder="查询码" value={code} onChange={(e) => setCode(e.target.value)} />
              <Button loading={busy} disabled={!number || !code} onClick={() => void prove()}>
                核对
              </Button>
            </Space.Compact>
          ) : (
            found.map((ticket) => (
              <p key={ticket.number}>
                <strong>{ticket.number}</strong> {ticket.matter_name} · {ticket.state_text}
                <small> {minute(ticket.opened_at)}</small>
                <br />
                {ticket.told.join(' ')}
              </p>
            ))
          )}
        </div>
      }
    >
      <Button size="small">{call.ticket ? `已核对 ${call.ticket}` : '以前来过？核对工单'}</Button>
    </Popover>
  );
}
