import { Button, Flex, Tag, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { Link } from '../router';
import { ReviewDrawer } from './ReviewDrawer';

export type Sampled = Schemas['SampleView'];

const WHY: Record<Sampled['why'], string> = { lot: '抽到', dissatisfied: '市民不满意' };

/** Tickets drawn for quality. */
export function Sample({ looked }: { looked: 'open' | 'done' }) {
  const [open, setOpen] = useState<Sampled | null>(null);
  const columns: TableColumnsType<Sampled> = [
    { title: '工单', dataIndex: 'ticket', render: (number: string) => <Link to={`/tickets/${number}`}>{number}</Link> },
    { title: '事项', dataIndex: 'matter_name' },
    {
      title: '为什么看',
      dataIndex: 'why',
      render: (why: Sampled['why']) => <Tag color={why === 'dissatisfied' ? 'error' : 'default'}>{WHY[why]}</Tag>,
    },
    { title: '哪天办结', dataIndex: 'day' },
    ...(looked === 'done'
      ? ([
          { title: '看的人', dataIndex: 'reviewer' },
          { title: '看的时间', dataIndex: 'reviewed_at', render: minute },
        ] as TableColumnsType<Sampled>)
      : []),
    {
      title: '操作',
      render: (_, sampled) =>
        sampled.mine ? (
          <Typography.Text type="secondary">您首问的，请别人看</Typography.Text>
        ) : (
          <Button size="small" type={looked === 'open' ? 'primary' : 'default'} onClick={() => setOpen(sampled)}>
            {looked === 'open' ? '看' : '再看'}
          </Button>
        ),
    },
  ];
  return (
    <>
      <Flex className="tools">
        <Typography.Text type="secondary">
          每天从前一天办结的工单里抽（不少于 5%），市民不满意的全看。抽签由工单号算出，谁都不能挑。
        </Typography.Text>
      </Flex>
      <DataTable<Sampled>
        name="quality"
        rowKey="ticket"
        columns={columns}
        filters={{ looked }}
        load={(page) => ok(api.GET('/api/v1/desk/quality/sample', { params: { query: { looked, ...page } } }))}
        emptyText={looked === 'open' ? '都看完了。' : '还没有看过的。'}
      />
      {open && <ReviewDrawer key={open.ticket} sampled={open} onClose={() => setOpen(null)} />}
    </>
  );
}
