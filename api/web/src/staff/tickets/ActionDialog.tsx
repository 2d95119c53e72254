import { useQuery as useServerState } from '@tanstack/react-query';
import { Form, Input, InputNumber, Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { useAction } from '../useAction';
import { DOINGS, type Detail, type Field, type Kind } from './actions';

type Values = Partial<Omit<Schemas['ActionInput'], 'kind' | 'sequence' | 'key'>>;

interface Props {
  ticket: Detail;
  kind: Kind;
  onDone: (done: Schemas['ActionDone']) => void;
  onClose: () => void;
}

/** Asks only what this action needs, and does it. Sent twice it is done once; when somebody acted meanwhile, nothing is done. */
export function ActionDialog({ ticket, kind, onDone, onClose }: Props) {
  const doing = DOINGS[kind]!;
  const [key] = useState(() => crypto.randomUUID());
  const [busy, run] = useAction();
  const choices = useServerState({
    queryKey: ['ticket-choices'],
    queryFn: () => ok(api.GET('/api/v1/desk/tickets/choices')),
    enabled: doing.fields.some((field) => field === 'body' || field === 'better' || field === 'reason'),
  });
  const proposed = ticket.proposals.map(({ body, why }) => ({ value: body.id, label: `${body.name}（建议：${why}）` }));
  const named = new Set(proposed.map(({ value }) => value));
  const others = (choices.data?.bodies ?? [])
    .filter(({ id }) => !named.has(id))
    .map(({ id, name }) => ({ value: id, label: name }));
  const bodies = [...proposed, ...others];
  const has = (field: Field) => doing.fields.includes(field);
  const rules = (field: Field, message: string) => (doing.optional?.includes(field) ? [] : [{ required: true, message }]);

  const submit = (values: Values) =>
    run(async () => {
      const body = { kind, sequence: ticket.sequence, key, ...values } as Schemas['ActionInput'];
      onDone(await ok(api.POST('/api/v1/desk/tickets/{number}/actions', { params: { path: { number: ticket.number } }, body })));
    }, '已登记');

  return (
    <Modal open title={doing.label} okText={doing.label} cancelText="取消" onCancel={onClose} confirmLoading={busy} okButtonProps={{ htmlType: 'submit', form: 'ticket-action' }}>
      <Form id="ticket-action" layout="vertical" onFinish={submit} initialValues={{ ...(has('body') && { body_id: proposed[0]?.value }), ...(has('visible') && { visible_to: 'agents' }) }}>
        {doing.fields.length === 0 && <p>工单 {ticket.number}：{ticket.state_text}。</p>}
        {has('reason') && (
          <Form.Item name="reason" label="退回的原因" rules={rules('reason', '请选原因')}>
            <Select options={(choices.data?.return_reasons ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
          </Form.Item>
        )}
        {has('body') && (
          <Form.Item name="body_id" label="哪个单位" rules={rules('body', '请选单位')}>
            <Select showSearch={{ optionFilterProp: 'label' }} options={bodies} loading={choices.isFetching} />
          </Form.Item>
        )}
        {has('better') && (
          <Form.Item name="better" label="应该由谁办" rules={rules('better', '请选单位，不知道就选“不清楚”')}>
            <Select showSearch={{ optionFilterProp: 'label' }} options={[{ value: 'unknown', label: '不清楚' }, ...others]} />
          </Form.Item>
        )}
        {has('days') && (
          <Form.Item name="days" label="延几个工作日（只能延一次）" rules={rules('days', '请填天数')}>
            <InputNumber min={1} max={60} />
          </Form.Item>
        )}
        {has('person') && (
          <Form.Item name="person" label="同事的账号" rules={rules('person', '请填账号')}>
            <Input maxLength={60} />
          </Form.Item>
        )}
        {has('ticket') && (
          <Form.Item name="ticket" label="并到哪个工单号" rules={rules('ticket', '请填工单号')}>
            <Input maxLength={30} />
          </Form.Item>
        )}
        {has('text') && (
          <Form.Item name="text" label={doing.text} rules={rules('text', '请写明内容')}>
            <Input.TextArea rows={4} maxLength={2000} />
          </Form.Item>
        )}
        {has('visible') && (
          <Form.Item name="visible_to" label="谁看得到">
            <Radio.Group options={[{ value: 'agents', label: '只有座席' }, { value: 'body', label: '座席和承办单位' }]} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
