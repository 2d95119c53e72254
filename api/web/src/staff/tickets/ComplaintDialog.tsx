import { useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Checkbox, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { useAction } from '../useAction';

interface Props {
  /** The ticket the complaint is about, when there is one. */
  ticket?: string;
  onClose: () => void;
}

interface Values {
  target: string;
  area?: string;
  about?: string;
  text: string;
  name?: string;
  phone?: string;
  bodies?: string[];
}

/** An agent writes down a complaint somebody told. Whoever is complained about does not see it. */
export function ComplaintDialog({ ticket, onClose }: Props) {
  const [key] = useState(() => crypto.randomUUID());
  const [busy, run] = useAction();
  const [made, setMade] = useState<Schemas['ComplaintOpened'] | null>(null);
  const [form] = Form.useForm<Values>();
  const target = Form.useWatch('target', form);
  const asked = useServerState({ queryKey: ['complaint-form'], queryFn: () => ok(api.GET('/api/v1/complaints/form')) });
  const choices = useServerState({ queryKey: ['ticket-choices'], queryFn: () => ok(api.GET('/api/v1/desk/tickets/choices')) });
  const chosen = asked.data?.targets.find(({ id }) => id === target);

  const submit = ({ area, about, name, phone, bodies, ...told }: Values) =>
    run(async () => {
      const body: Schemas['DeskComplaintInput'] = {
        ...told,
        key,
        about: about ?? '',
        area: (chosen?.by_area && area) || '',
        name: name ?? '',
        phone: phone ?? '',
        ticket: ticket ?? '',
        bodies: bodies ?? [],
        staff: [],
        consent: { version: asked.data!.consent.version, agreed: true },
      };
      setMade(await ok(api.POST('/api/v1/desk/complaints', { body })));
    }, '已登记');

  if (made)
    return (
      <Modal open title="投诉已登记" footer={null} onCancel={onClose}>
        <p>
          工单号 {made.number}，查询码 {made.query_code}。请念给投诉的人。
        </p>
        <p>由没有牵连的座席转给{made.body_name}。被投诉的人和单位看不到，也不能办。</p>
      </Modal>
    );
  return (
    <Modal open title="登记投诉" okText="登记" cancelText="取消" onCancel={onClose} confirmLoading={busy} okButtonProps={{ htmlType: 'submit', form: 'complaint' }}>
      <Form id="complaint" form={form} layout="vertical" onFinish={submit}>
        {ticket && <p>由工单 {ticket} 引起。经手过的座席和单位看不到这件投诉。</p>}
        <Form.Item name="target" label="投诉谁" rules={[{ required: true, message: '请选投诉谁' }]}>
          <Select loading={asked.isFetching} options={(asked.data?.targets ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
        </Form.Item>
        {chosen && <Alert type="info" style={{ marginBottom: 16 }} title={chosen.text} description={chosen.source} />}
        {chosen?.by_area && (
          <Form.Item name="area" label="被投诉的人在哪个区">
            <Select allowClear options={(asked.data?.areas ?? []).map((area) => ({ value: area, label: area }))} />
          </Form.Item>
        )}
        <Form.Item name="about" label="被投诉的人、单位">
          <Input maxLength={120} />
        </Form.Item>
        <Form.Item name="bodies" label="要回避的单位（信息库里的）">
          <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} loading={choices.isFetching} options={(choices.data?.bodies ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
        </Form.Item>
        <Form.Item name="text" label="出了什么事" rules={[{ required: true, message: '请写明出了什么事' }]}>
          <Input.TextArea rows={4} maxLength={4000} />
        </Form.Item>
        <Form.Item name="name" label="投诉人姓名">
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="phone" label="投诉人电话">
          <Input maxLength={30} />
        </Form.Item>
        <Form.Item name="agreed" valuePropName="checked" rules={[{ validator: (_, yes) => (yes ? Promise.resolve() : Promise.reject(new Error('要念给他听，他同意才能登记'))) }]}>
          <Checkbox>已经念给他听，他同意：{asked.data?.consent.text}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
