import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Form, Input, Modal, Radio, Select } from 'antd';
import { api, ok } from '../api/client';
import { useAction } from '../useAction';

interface Values {
  party: 'body' | 'staff';
  body?: string;
  staff?: string;
}

/** Keeps a body or a colleague away from a ticket, for good. */
export function RecusalDialog({ ticket, onClose }: { ticket: string; onClose: () => void }) {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const [form] = Form.useForm<Values>();
  const party = Form.useWatch('party', form) ?? 'body';
  const choices = useServerState({ queryKey: ['ticket-choices'], queryFn: () => ok(api.GET('/api/v1/desk/tickets/choices')) });
  const submit = (values: Values) =>
    run(async () => {
      const id = (values.party === 'body' ? values.body : values.staff) ?? '';
      await ok(api.POST('/api/v1/desk/tickets/{number}/recusals', { params: { path: { number: ticket } }, body: { party: values.party, id } }));
      void cache.invalidateQueries({ queryKey: ['ticket', ticket] });
      onClose();
    }, '已登记回避');
  return (
    <Modal open title="登记回避" okText="登记回避" cancelText="取消" onCancel={onClose} confirmLoading={busy} okButtonProps={{ htmlType: 'submit', form: 'recusal' }}>
      <Form id="recusal" form={form} layout="vertical" onFinish={submit} initialValues={{ party: 'body' }}>
        <p>与这件事有牵连的，登记以后看不到、也不能办这件工单，不能再改回来。正在办的单位会交出来，链接作废。</p>
        <Form.Item name="party">
          <Radio.Group options={[{ value: 'body', label: '单位' }, { value: 'staff', label: '同事（也可以是自己）' }]} />
        </Form.Item>
        {party === 'body' ? (
          <Form.Item name="body" label="哪个单位" rules={[{ required: true, message: '请选单位' }]}>
            <Select showSearch={{ optionFilterProp: 'label' }} loading={choices.isFetching} options={(choices.data?.bodies ?? []).map(({ id, name }) => ({ value: id, label: name }))} />
          </Form.Item>
        ) : (
          <Form.Item name="staff" label="同事的账号" rules={[{ required: true, message: '请填账号' }]}>
            <Input maxLength={60} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
