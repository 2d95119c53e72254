import { Button, Flex, Input, Select, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { Link, useQuery } from '../router';
import { useMe } from '../session';
import { ComplaintDialog } from './ComplaintDialog';

type Line = Schemas['LineView'];

const TURN: Record<string, string> = { agent: '座席', supervisor: '督办', body: '单位', citizen: '市民' };
const DUE = [
  { value: 'overdue', label: '已超期' },
  { value: 'today', label: '今天到期' },
  { value: 'soon', label: '快到期' },
];
const MINE = [
  { value: 'owner', label: '我接手的' },
  { value: 'first', label: '我首问的' },
  { value: 'queue', label: '没人接手的' },
];

const COLUMNS: TableColumnsType<Line> = [
  {
    title: '工单',
    render: (_, line) => (
      <>
        <Link to={`/tickets/${line.number}`}>{line.number}</Link>
        {line.urgent && <Tag color="error">急</Tag>}
        {line.callback_due && <Tag color="warning">要回访</Tag>}
        {line.repeat && <Tag>再次来访</Tag>}
      </>
    ),
  },
  { title: '事项', dataIndex: 'matter_name' },
  { title: '到哪一步', dataIndex: 'state_text' },
  { title: '轮到谁', dataIndex: 'waits_for', render: (who: string | null) => (who ? TURN[who] : '—') },
  { title: '单位', dataIndex: 'body_name' },
  {
    title: '最晚',
    dataIndex: 'due_on',
    render: (day: string | null, { overdue }) => (overdue ? <Tag color="error">{day} 超期</Tag> : day),
  },
  { title: '接手', dataIndex: 'owner' },
  { title: '登记', dataIndex: 'opened_at', render: minute },
];

/** Every ticket, the most pressing first; a body's officer sees those their bodies have. */
export default function TicketList() {
  const [query, change] = useQuery();
  const me = useMe();
  const [complaining, setComplaining] = useState(false);
  const desk = me.roles.includes('agent') || me.roles.includes('supervisor');
  const narrow = (changes: Record<string, string | null | undefined>) => change({ ...changes, page: null });
  const given = (name: string) => query.get(name) ?? undefined;
  const mine = given('mine');
  const filters = {
    open: given('ended') !== 'yes',
    ...(given('kind') === 'complaints' && { complaints: true }),
    ...(given('number') && { number: given('number')! }),
    ...(given('turn') && { waits_for: given('turn') as Line['waits_for'] & string }),
    ...(given('due') && { due: given('due') as 'overdue' | 'today' | 'soon' }),
    ...(mine === 'owner' && { owner: 'me' }),
    ...(mine === 'first' && { first_responder: 'me' }),
    ...(mine === 'queue' && { owner: 'none' }),
  };
  return (
    <>
      <Flex gap={8} wrap className="tools">
        <Input.Search
          allowClear
          placeholder="工单号"
          aria-label="工单号"
          defaultValue={given('number')}
          onSearch={(number) => narrow({ number: number.trim().toUpperCase() })}
          style={{ width: 230 }}
        />
        <Select
          allowClear
          placeholder="轮到谁"
          aria-label="轮到谁"
          value={given('turn')}
          onChange={(turn) => narrow({ turn })}
          options={Object.entries(TURN).map(([value, label]) => ({ value, label }))}
          style={{ width: 110 }}
        />
        <Select allowClear placeholder="期限" aria-label="期限" value={given('due')} onChange={(due) => narrow({ due })} options={DUE} style={{ width: 120 }} />
        <Select allowClear placeholder="谁的" aria-label="谁的" value={mine} onChange={(mine) => narrow({ mine })} options={MINE} style={{ width: 130 }} />
        <Select
          allowClear
          placeholder="种类"
          aria-label="种类"
          value={given('kind')}
          onChange={(kind) => narrow({ kind })}
          options={[{ value: 'complaints', label: '投诉' }]}
          style={{ width: 100 }}
        />
        <Select
          aria-label="办完没有"
          value={given('ended') ?? 'no'}
          onChange={(ended) => narrow({ ended: ended === 'no' ? null : ended })}
          options={[
            { value: 'no', label: '没办完的' },
            { value: 'yes', label: '全部' },
          ]}
          style={{ width: 110 }}
        />
        {desk && <Button onClick={() => setComplaining(true)}>登记投诉</Button>}
      </Flex>
      {complaining && <ComplaintDialog onClose={() => setComplaining(false)} />}
      <DataTable<Line>
        name="tickets"
        rowKey="number"
        columns={COLUMNS}
        filters={filters}
        load={(page) => ok(api.GET('/api/v1/desk/tickets', { params: { query: { ...filters, ...page } } }))}
        emptyText="没有符合条件的工单"
        refreshMs={30_000}
      />
    </>
  );
}
