import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Drawer, Flex, Form, Input, Radio, Spin, Typography } from 'antd';
import { api, ok, readable, type Schemas } from '../api/client';
import { minute } from '../moments';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';
import type { Sampled } from './Sample';

type Answers = Record<string, NonNullable<Schemas['ReviewInput']['answers']>[string]>;
interface Values {
  answers: Answers;
  note: string;
}

const CHOICES = [
  { value: 'yes', label: '是' },
  { value: 'partly', label: '部分' },
  { value: 'no', label: '否' },
  { value: 'none', label: '不适用' },
];

/** The ticket's story beside a few plain questions. */
export function ReviewDrawer({ sampled, onClose }: { sampled: Sampled; onClose: () => void }) {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const [form] = Form.useForm<Values>();
  const number = sampled.ticket;
  const questions = useServerState({
    queryKey: ['quality-questions'],
    queryFn: () => ok(api.GET('/api/v1/desk/quality/questions')),
    staleTime: Infinity,
  });
  const ticket = useServerState({
    queryKey: ['ticket', number],
    queryFn: () => ok(api.GET('/api/v1/desk/tickets/{number}', { params: { path: { number } } })),
  });
  const saved: Values = { answers: sampled.answers as Answers, note: sampled.note };
  const draft = useDraft<Values>(`quality.${number}`, saved, String(sampled.version));

  const submit = async ({ answers, note }: Values) => {
    const done = await run(async () => {
      const body = { answers, note: note ?? '', version: sampled.version };
      await ok(api.PUT('/api/v1/desk/quality/sample/{ticket}', { params: { path: { ticket: number } }, body }));
    }, '已记下');
    if (!done) return;
    draft.done(saved);
    void cache.invalidateQueries({ queryKey: ['quality'] });
    void cache.invalidateQueries({ queryKey: ['quality-results'] });
    onClose();
  };

  return (
    <Drawer
      open
      size={720}
      title={`${number} · ${sampled.matter_name}`}
      onClose={onClose}
      extra={
        <Button type="primary" loading={busy} onClick={() => void form.submit()}>
          记下
        </Button>
      }
    >
      {(questions.error || ticket.error) && <Alert type="error" showIcon title={readable(questions.error ?? ticket.error)} />}
      {draft.outdated && <Alert type="warning" showIcon title="别人在您写的时候看过这件，请刷新后再记。" />}
      {ticket.data ? <Story ticket={ticket.data} /> : <Spin />}
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={draft.value}
        onValuesChange={(_, values) => draft.change(values)}
        onFinish={(values) => void submit(values)}
      >
        {(questions.data ?? []).map(({ id, text }) => (
          <Form.Item key={id} name={['answers', id]} label={text} rules={[{ required: true, message: '请选一项。' }]}>
            <Radio.Group options={CHOICES} />
          </Form.Item>
        ))}
        <Form.Item name="note" label="可以怎样做得更好（可不填，只有班长看得到）">
          <Input.TextArea maxLength={1000} autoSize={{ minRows: 2, maxRows: 6 }} />
        </Form.Item>
      </Form>
    </Drawer>
  );
}

function Story({ ticket }: { ticket: Schemas['TicketDetail'] }) {
  return (
    <Flex vertical gap={6} style={{ marginBottom: 16 }}>
      {ticket.story.told.map((said, at) => (
        <div key={at}>
          <Typography.Text type="secondary">{said.who === 'citizen' ? '市民：' : said.who === 'agent' ? '座席：' : '机器：'}</Typography.Text>
          {said.text}
        </div>
      ))}
      {ticket.events.map((event) => (
        <div key={event.sequence}>
          <Typography.Text strong>{event.kind_name}</Typography.Text>{' '}
          <Typography.Text type="secondary">{minute(event.at)}</Typography.Text> {event.text}
        </div>
      ))}
    </Flex>
  );
}
