import { Alert, Button, Flex, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';

export interface Phrase {
  key: string;
  title: string;
  text: string;
}

const VARIABLES = ['座席', '单位', '事项', '工单', '期限'];
const EMPTY: Phrase = { key: '', title: '', text: '' };

interface Props {
  /** Null: a new one. */
  phrase: (Phrase & { version?: number }) | null;
  save: (phrase: Phrase) => Promise<void>;
  onClose: () => void;
}

/** Writes a phrase; what was written survives a reload and an ended session. Statutes are checked when it is saved. */
export function PhraseDialog({ phrase, save, onClose }: Props) {
  const [busy, run] = useAction();
  const [form] = Form.useForm<Phrase>();
  const saved: Phrase = phrase ? { key: phrase.key, title: phrase.title, text: phrase.text } : EMPTY;
  const draft = useDraft<Phrase>(`phrase.${phrase?.key ?? ''}`, saved, String(phrase?.version ?? ''));
  const [restored] = useState(draft.restored);

  const submit = async (values: Phrase) => {
    if (await run(() => save({ ...values, key: phrase?.key ?? values.key }), '已保存')) {
      draft.done(EMPTY);
      onClose();
    }
  };
  const cancel = () => {
    draft.done(saved);
    onClose();
  };
  const add = (name: string) => {
    const text = `${form.getFieldValue('text') ?? ''}{${name}}`;
    form.setFieldsValue({ text });
    draft.change({ ...form.getFieldsValue(), text });
  };
  return (
    <Modal
      open
      title={phrase ? `修改 /${phrase.key}` : '新增常用语'}
      okText="保存"
      cancelText="不改了"
      confirmLoading={busy}
      onOk={() => void form.submit()}
      onCancel={cancel}
    >
      {restored && <Alert type="info" showIcon title="这是您上次没保存的内容。" style={{ marginBottom: 8 }} />}
      <Form<Phrase>
        form={form}
        layout="vertical"
        initialValues={draft.value}
        onFinish={(values) => void submit(values)}
        onValuesChange={(_, values) => draft.change(values)}
      >
        {!phrase && (
          <Form.Item
            name="key"
            label="代号（字母、数字或汉字，打起来要快）"
            rules={[
              { required: true, message: '请填代号。' },
              { pattern: /^[\p{L}\p{N}_-]+$/u, message: '只能用字母、数字、汉字、- 和 _。' },
            ]}
          >
            <Input maxLength={30} autoFocus />
          </Form.Item>
        )}
        <Form.Item name="title" label="名称" rules={[{ required: true, message: '请填名称。' }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="text" label="内容" rules={[{ required: true, message: '请写内容。' }]}>
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 3, maxRows: 8 }} />
        </Form.Item>
        <Flex gap={4} wrap align="center">
          点一下加进去，发的时候自动填：
          {VARIABLES.map((name) => (
            <Button key={name} size="small" onClick={() => add(name)}>{`{${name}}`}</Button>
          ))}
        </Flex>
      </Form>
    </Modal>
  );
}
