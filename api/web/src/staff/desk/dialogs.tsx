import { Alert, Button, Checkbox, Form, Input, Modal, Radio, Select, Spin } from 'antd';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { Link } from '../router';
import { LinkDialog, linkOf, type BodyLink } from '../tickets/LinkDialog';
import { useAction } from '../useAction';
import { SHORTCUTS } from './keys';
import type { Queue, TicketDraft } from './types';

interface DialogProps {
  id: string;
  onClose: () => void;
}

/** Everything known is filled in; only what is missing is asked. */
export function TicketDialog({ id, onClose }: DialogProps) {
  const path = { params: { path: { conversation_id: id } } };
  const [busy, run] = useAction();
  const [made, setMade] = useState<Schemas['DeskTicket'] | null>(null);
  const draft = useQuery({
    queryKey: ['desk-ticket', id],
    queryFn: () => ok(api.GET('/api/v1/desk/conversations/{conversation_id}/ticket', path)),
    gcTime: 0,
  });
  const [form] = Form.useForm<{ name: string; phone: string; note: string; agreed: boolean }>();

  const open = async ({ name = '', phone = '', note = '' }: { name?: string; phone?: string; note?: string }) => {
    await run(async () => {
      const consent_version = draft.data!.consent.version;
      setMade(
        await ok(
          api.POST('/api/v1/desk/conversations/{conversation_id}/ticket', {
            ...path,
            body: { name, phone, note, consent_version, agreed: true },
          }),
        ),
      );
    });
  };

  return (
    <Modal
      open
      title="开工单"
      width={640}
      okText="开工单"
      cancelText={made ? '关闭' : '取消'}
      confirmLoading={busy}
      okButtonProps={{ disabled: !draft.data || made !== null, style: made ? { display: 'none' } : {} }}
      onOk={() => void form.submit()}
      onCancel={onClose}
    >
      {draft.isPending && <Spin />}
      {draft.error && <Alert type="error" title={readable(draft.error)} />}
      {made ? (
        <Made ticket={made} />
      ) : (
        draft.data && (
          <Form form={form} layout="vertical" onFinish={(values) => void open(values)}>
            <Known draft={draft.data} />
            <div className="desk-two">
              <Form.Item name="name" label="姓名（可不填）">
                <Input maxLength={40} autoFocus />
              </Form.Item>
              <Form.Item name="phone" label={draft.data.phone_shown ? `电话（不填就用来电 ${draft.data.phone_shown}）` : '电话（可不填）'}>
                <Input maxLength={30} inputMode="tel" />
              </Form.Item>
            </div>
            <Form.Item name="note" label="补充（承办单位看得到）">
              <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 4 }} />
            </Form.Item>
            <Form.Item
              name="agreed"
              valuePropName="checked"
              rules={[{ validator: (_, value) => (value ? Promise.resolve() : Promise.reject(new Error('要对方同意才能转。'))) }]}
            >
              <Checkbox>已念给对方听，对方同意：{draft.data.consent.text}</Checkbox>
            </Form.Item>
          </Form>
        )
      )}
    </Modal>
  );
}

/** The ticket that was made, and the next step: to the body that takes it, in one press. */
function Made({ ticket: { number, query_code, body_name } }: { ticket: Schemas['DeskTicket'] }) {
  const [busy, run] = useAction();
  const [key] = useState(() => crypto.randomUUID());
  const [sent, setSent] = useState(false);
  const [link, setLink] = useState<BodyLink | null>(null);
  const path = { params: { path: { number } } };
  const send = () =>
    run(async () => {
      const ticket = await ok(api.GET('/api/v1/desk/tickets/{number}', path));
      const body_id = ticket.proposals[0]?.body.id ?? ticket.story.decided_for.id;
      const body = { kind: 'sent', sequence: ticket.sequence, key, body_id } as Schemas['ActionInput'];
      setLink(linkOf(await ok(api.POST('/api/v1/desk/tickets/{number}/actions', { ...path, body }))));
      setSent(true);
    });
  return (
    <>
      <Alert
        type="success"
        title={
          <>
            工单 <Link to={`/tickets/${number}`}>{number}</Link>，该转给{body_name}
          </>
        }
        description={
          <>
            查询码 <strong className="secret">{query_code}</strong>，请念给对方听，或让对方在页面上看。
          </>
        }
        action={
          sent ? (
            '已转出'
          ) : (
            <Button type="primary" autoFocus loading={busy} onClick={() => void send()}>
              现在转给{body_name}
            </Button>
          )
        }
      />
      {link && <LinkDialog link={link} onClose={() => setLink(null)} />}
    </>
  );
}

function Known({ draft }: { draft: TicketDraft }) {
  return (
    <dl className="desk-known">
      <div>
        <dt>事项</dt>
        <dd>
          {draft.matter_name || '还没说清'}（{draft.need}）
        </dd>
      </div>
      <div>
        <dt>转给</dt>
        <dd>{draft.body?.name ?? '还定不下来'}</dd>
      </div>
      <div>
        <dt>经过</dt>
        <dd>
          {draft.story.map((said, at) => (
            <p key={at}>{said}</p>
          ))}
        </dd>
      </div>
      {draft.facts.length > 0 && (
        <div>
          <dt>问清的</dt>
          <dd>{draft.facts.join('；')}</dd>
        </div>
      )}
      {draft.missing.map((question) => (
        <div key={question.id} className="is-missing">
          <dt>还缺</dt>
          <dd>
            {question.text} <small>{question.why}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** How it ended; then the machine has it again. */
export function WrapUpDialog({ id, onClose }: DialogProps) {
  const [busy, run] = useAction();
  const [form] = Form.useForm<{ code: string; note: string }>();
  const codes = useQuery({
    queryKey: ['desk-codes'],
    queryFn: () => ok(api.GET('/api/v1/desk/wrap-up-codes')),
    staleTime: Infinity,
  });
  const end = async ({ code, note = '' }: { code: string; note?: string }) => {
    const done = await run(
      () =>
        ok(
          api.POST('/api/v1/desk/conversations/{conversation_id}/hand-back', {
            params: { path: { conversation_id: id } },
            body: { code, note },
          }),
        ),
      '已交还机器',
    );
    if (done) onClose();
  };
  return (
    <Modal
      open
      title="小结"
      okText="结束，交还机器"
      cancelText="取消"
      confirmLoading={busy}
      onOk={() => void form.submit()}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" onFinish={(values) => void end(values)}>
        <Form.Item name="code" label="怎么结束的" rules={[{ required: true, message: '请选一项。' }]}>
          <Radio.Group className="desk-codes">
            {(codes.data ?? []).map(({ code, name }, at) => (
              <Radio key={code} value={code} autoFocus={at === 0}>
                {name}
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        <Form.Item name="note" label="备注（可不填）">
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 4 }} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** To a colleague, with a colleague or a body, or back into the queue. */
export function PassDialog({ id, onClose, queue, me }: DialogProps & { queue: Queue; me: number }) {
  const [busy, run] = useAction();
  const [way, setWay] = useState<'transfer' | 'invite' | 'body' | 'release'>('transfer');
  const [agreed, setAgreed] = useState(false);
  const [to, setTo] = useState<number | null>(null);
  const [text, setText] = useState('');
  const path = { params: { path: { conversation_id: id } } };
  const others = queue.agents.filter((agent) => agent.staff_id !== me);
  const ready = { release: true, transfer: to !== null && text.trim() !== '', invite: to !== null, body: to !== null && agreed }[way];
  const officers = useQuery({
    queryKey: ['desk-officers'],
    queryFn: () => ok(api.GET('/api/v1/desk/officers')),
    enabled: way === 'body',
  });
  const people = {
    body: (officers.data ?? []).map(({ staff_id, name, body_name }) => ({ value: staff_id, label: `${body_name} ${name}` })),
    colleague: others.map(({ staff_id, name, holds }) => ({ value: staff_id, label: `${name}（手上 ${holds}）` })),
  }[way === 'body' ? 'body' : 'colleague'];
  const nobody = way === 'body' ? !officers.isPending && '还没有单位的经办人有账号。' : '现在没有别的同事在座席上。';

  const go = async () => {
    const done = await run(async () => {
      if (way === 'release') {
        await ok(api.POST('/api/v1/desk/conversations/{conversation_id}/release', { ...path, body: { note: text } }));
      } else if (way === 'body') {
        const body = { staff_id: to!, agreed: true } as const;
        await ok(api.POST('/api/v1/desk/conversations/{conversation_id}/officers', { ...path, body }));
      } else if (way === 'invite') {
        await ok(
          api.POST('/api/v1/desk/conversations/{conversation_id}/invitations', { ...path, body: { staff_id: to! } }),
        );
      } else {
        await ok(
          api.POST('/api/v1/desk/conversations/{conversation_id}/transfer', { ...path, body: { to: to!, summary: text } }),
        );
      }
    }, { transfer: '已转交', invite: '已请同事一起看', body: '已请单位一起谈，对方打开“三方对话”就看得到', release: '已放回排队' }[way]);
    if (done) onClose();
  };

  return (
    <Modal
      open
      title="转交，或请人一起"
      okText="确定"
      cancelText="取消"
      confirmLoading={busy}
      okButtonProps={{ disabled: !ready }}
      onOk={() => void go()}
      onCancel={onClose}
    >
      <Form layout="vertical">
        <Form.Item>
          <Radio.Group value={way} onChange={({ target: { value } }) => (setWay(value as typeof way), setTo(null))}>
            <Radio value="transfer" autoFocus>
              转给同事
            </Radio>
            <Radio value="invite">请同事一起看</Radio>
            <Radio value="body">请单位一起谈（三方）</Radio>
            <Radio value="release">放回排队</Radio>
          </Radio.Group>
        </Form.Item>
        {way !== 'release' && (
          <Form.Item label={way === 'body' ? '单位的人' : '同事'} extra={people.length === 0 ? nobody : undefined}>
            <Select
              value={to}
              onChange={setTo}
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={way === 'body' ? '单位的人' : '同事'}
              options={people}
            />
          </Form.Item>
        )}
        {way === 'body' && (
          <Checkbox checked={agreed} onChange={({ target: { checked } }) => setAgreed(checked)}>
            已问过群众，同意这个单位看到这次对话、一起说话。
          </Checkbox>
        )}
        {(way === 'transfer' || way === 'release') && (
          <Form.Item label={way === 'transfer' ? '交接说明（群众看不到）' : '给接手同事的话（可不填）'}>
            <Input.TextArea
              aria-label="交接说明"
              value={text}
              maxLength={1000}
              autoSize={{ minRows: 2, maxRows: 5 }}
              onChange={({ target: { value } }) => setText(value)}
            />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}

/** A note for colleagues. */
export function NoteDialog({ id, onClose }: DialogProps) {
  const [busy, run] = useAction();
  const [text, setText] = useState('');
  const [clientId] = useState(() => crypto.randomUUID());
  const keep = async () => {
    const done = await run(() =>
      ok(
        api.POST('/api/v1/desk/conversations/{conversation_id}/notes', {
          params: { path: { conversation_id: id } },
          body: { client_id: clientId, text },
        }),
      ),
    );
    if (done) onClose();
  };
  return (
    <Modal
      open
      title="备注（群众看不到）"
      okText="记下"
      cancelText="取消"
      confirmLoading={busy}
      okButtonProps={{ disabled: !text.trim() }}
      onOk={() => void keep()}
      onCancel={onClose}
    >
      <Input.TextArea
        autoFocus
        aria-label="备注"
        value={text}
        maxLength={1000}
        autoSize={{ minRows: 3, maxRows: 6 }}
        onChange={({ target: { value } }) => setText(value)}
      />
    </Modal>
  );
}

/** The keyboard, as `?` shows it. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  useEffect(() => {
    const close = (event: KeyboardEvent) => event.key === '?' && onClose();
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, [onClose]);
  return (
    <Modal open title="快捷键" footer={<Button onClick={onClose}>知道了</Button>} onCancel={onClose}>
      <dl className="desk-keys">
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
