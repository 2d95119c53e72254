import { useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Button, DatePicker, Descriptions, Flex, Input, Select, Tabs, Timeline, Typography } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { useAction } from '../useAction';

type Answer = Schemas['WhatIf'];
type Used = Schemas['UsedView'];

const OUTCOMES: Record<string, string> = {
  answered: '用案例答了',
  ask: '先问一句',
  refer: '指给承办单位',
  handoff: '转人工',
  emergency: '危险，先保人',
  out_of_scope: '不归法律服务',
  unsure: '没把握',
};
const used = (items: Used[]) => items.map(({ name, value }) => `${name}=${value}`).join('；');

/** An inquiry in, the decision out, with every step of the way. Nothing is kept. */
export default function WhatIf() {
  const [busy, run] = useAction();
  const [text, setText] = useState('');
  const [matter, setMatter] = useState<string | undefined>();
  const [at, setAt] = useState<Dayjs | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const matters = useServerState({
    queryKey: ['what-if matters'],
    queryFn: () => ok(api.GET('/api/v1/admin/what-if/matters')),
  });
  const ask = () =>
    run(async () => {
      const body = {
        text,
        matter: matter ?? '',
        danger: '',
        facts: {},
        unresolved: false,
        ...(at ? { at: `${at.format('YYYY-MM-DDTHH:mm:ss')}+08:00` } : {}),
      };
      setAnswer(await ok(api.POST('/api/v1/admin/what-if', { body })));
    });
  return (
    <>
      <Flex gap={8} wrap align="start" className="tools">
        <Input.TextArea
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={2000}
          autoSize={{ minRows: 2, maxRows: 6 }}
          placeholder="市民会怎么说，就怎么写"
          aria-label="问题"
          style={{ flex: 1, minWidth: 360 }}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder="当成哪个事项（不选就由机器判）"
          aria-label="事项"
          value={matter}
          onChange={setMatter}
          options={(matters.data ?? []).map(({ code, name }) => ({ value: code, label: name }))}
          style={{ width: 260 }}
        />
        <DatePicker showTime={{ format: 'HH:mm' }} value={at} onChange={setAt} placeholder="当成什么时候" aria-label="时间" />
        <Button type="primary" loading={busy} disabled={!text.trim() && !matter} onClick={() => void ask()}>
          看会指到哪
        </Button>
      </Flex>
      {answer && <Account answer={answer} />}
    </>
  );
}

function Account({ answer }: { answer: Answer }) {
  return (
    <>
      <Descriptions
        size="small"
        bordered
        column={2}
        items={[
          { key: 'matter', label: '事项', children: answer.matter_name },
          { key: 'outcome', label: '结果', children: OUTCOMES[answer.outcome] ?? answer.outcome },
          { key: 'body', label: '先找', children: answer.body_name },
          { key: 'others', label: '其次', children: answer.alternatives.join('、') || '没有' },
          ...(answer.ask ? [{ key: 'ask', label: '要问', children: answer.ask }] : []),
          ...(answer.remarks.length > 0 ? [{ key: 'remarks', label: '去之前', children: answer.remarks.join(' ') }] : []),
        ]}
      />
      <Typography.Title level={5} style={{ marginTop: 20 }}>
        一步步怎么来的
      </Typography.Title>
      <Timeline
        items={answer.steps.map((step) => ({
          key: step.code,
          content: (
            <>
              <Typography.Text code>{step.code}</Typography.Text> {step.text}
              <div>
                <Typography.Text type="secondary">
                  {`用到：${used(step.used) || '没有别的情形'}${step.said.length > 0 ? `；原话：「${step.said.join('」「')}」` : ''}；依据：${step.source}`}
                </Typography.Text>
              </div>
            </>
          ),
        }))}
      />
      {answer.otherwise && (
        <Alert
          type="info"
          showIcon
          title={`最近的另一种结果：${used(answer.otherwise.changes)} → ${answer.otherwise.body_name}`}
          description={answer.otherwise.text}
        />
      )}
      <Tabs
        style={{ marginTop: 12 }}
        items={[
          { key: 'citizen', label: '市民看到的', children: <Plain text={answer.citizen} /> },
          { key: 'agent', label: '座席看到的', children: <Plain text={answer.agent} /> },
          { key: 'audit', label: '审计留下的', children: <Plain text={answer.audit} /> },
        ]}
      />
    </>
  );
}

const Plain = ({ text }: { text: string }) => <Typography.Paragraph style={{ whiteSpace: 'pre-wrap' }}>{text}</Typography.Paragraph>;
