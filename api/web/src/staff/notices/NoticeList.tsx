import { useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Input, Select, Tag, Typography, type TableColumnsType } from 'antd';
import { api, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { Link, useQuery } from '../router';
import { useAction } from '../useAction';

type Row = Schemas['NoticeView'];

const CHANNELS: Record<string, string> = { wechat: '微信', sms: '短信', email: '邮件' };
const OUTCOMES: Record<Row['sendings'][number]['outcome'], string> = {
  sent: '发出',
  later: '没发出，再试',
  refused: '这里发不到',
  delivered: '对方收到了',
  undelivered: '发出了，没收到',
};
const STATES: Record<Row['state'], { name: string; color: string }> = {
  waiting: { name: '等着发', color: 'processing' },
  sent: { name: '已发出', color: 'success' },
  failed: { name: '发不到', color: 'error' },
  dropped: { name: '市民不要了', color: 'default' },
};

/** Everything that was sent to citizens, and what could not be. */
export default function NoticeList() {
  const cache = useQueryClient();
  const [query, change] = useQuery();
  const [busy, run] = useAction();
  const state = (query.get('state') as Row['state'] | null) ?? undefined;
  const ticket = query.get('ticket') ?? '';
  const filters = { ...(state && { state }), ...(ticket && { ticket }) };
  const retry = (id: number) =>
    run(async () => {
      await ok(api.POST('/api/v1/admin/notices/{notice_id}/retry', { params: { path: { notice_id: id } } }));
      await cache.invalidateQueries({ queryKey: ['notices'] });
    }, '会再发一次');

  const columns: TableColumnsType<Row> = [
    { title: '时间', dataIndex: 'made_at', render: minute },
    { title: '工单', dataIndex: 'ticket', render: (number: string) => <Link to={`/tickets/${number}`}>{number}</Link> },
    { title: '内容', dataIndex: 'text', width: 360 },
    { title: '状态', dataIndex: 'state', render: (now: Row['state']) => <Tag color={STATES[now].color}>{STATES[now].name}</Tag> },
    {
      title: '每一次发送',
      dataIndex: 'sendings',
      render: (sendings: Row['sendings']) =>
        sendings.map((one) => (
          <div key={one.at}>
            {minute(one.at)} {CHANNELS[one.channel] ?? one.channel} {OUTCOMES[one.outcome]}{' '}
            {one.error && <Typography.Text type="secondary">{one.error}</Typography.Text>}
          </div>
        )),
    },
    {
      title: '操作',
      render: (_, row) =>
        row.state === 'failed' && (
          <Button size="small" loading={busy} onClick={() => void retry(row.id)}>
            再发一次
          </Button>
        ),
    },
  ];
  return (
    <>
      <Flex gap={8} wrap className="tools">
        <Select
          allowClear
          placeholder="状态"
          aria-label="状态"
          value={state}
          onChange={(next) => change({ state: next, page: null })}
          options={Object.entries(STATES).map(([value, { name }]) => ({ value, label: name }))}
          style={{ width: 140 }}
        />
        <Input.Search
          allowClear
          placeholder="工单号"
          aria-label="工单号"
          defaultValue={ticket}
          onSearch={(number) => change({ ticket: number.trim().toUpperCase(), page: null })}
          style={{ width: 230 }}
        />
      </Flex>
      <DataTable<Row>
        name="notices"
        rowKey="id"
        columns={columns}
        filters={filters}
        load={(page) => ok(api.GET('/api/v1/admin/notices', { params: { query: { ...filters, ...page } } }))}
        emptyText="还没有发过通知"
        refreshMs={30_000}
      />
    </>
  );
}
