import { useQuery as useServerState } from '@tanstack/react-query';
import { Button, DatePicker, Flex, Input, Select, type TableColumnsType } from 'antd';
import dayjs from 'dayjs';
import { api, download, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { second } from '../moments';
import { to, useQuery } from '../router';
import { useAction } from '../useAction';
import { actionName, kindName } from './names';

type Row = Schemas['AuditView'];

const COLUMNS: TableColumnsType<Row> = [
  { title: '时间', dataIndex: 'at', render: second, width: 160 },
  { title: '谁', dataIndex: 'who', width: 120 },
  { title: '做了什么', dataIndex: 'action', render: actionName, width: 180 },
  { title: '类别', dataIndex: 'kind', render: kindName, width: 100 },
  { title: '对象', dataIndex: 'object_id', ellipsis: true, width: 220 },
  { title: '理由', dataIndex: 'reason', ellipsis: true },
];

/** The day's beginning in the city, as the API wants it. */
const dayStart = (day: string, plus = 0) => `${dayjs(day).add(plus, 'day').format('YYYY-MM-DD')}T00:00:00+08:00`;

/** Who did what to what. */
export default function Trail() {
  const [query, change] = useQuery();
  const [busy, run] = useAction();
  const [from, until] = [query.get('from'), query.get('until')];
  const filters = Object.fromEntries(
    Object.entries({
      since: from && dayStart(from),
      until: until && dayStart(until, 1),
      who: query.get('who'),
      action: query.get('action'),
      kind: query.get('kind'),
      object_id: query.get('object'),
    }).filter(([, value]) => value),
  ) as Record<string, string>;
  const choices = useServerState({
    queryKey: ['audit choices'],
    queryFn: () => ok(api.GET('/api/v1/staff/audit/choices')),
  });
  const { actions = [], kinds = [] } = choices.data ?? {};
  const save = (format: 'xlsx' | 'csv') =>
    run(() => download(to('/api/v1/staff/audit/export', { ...filters, format }), `audit.${format}`));

  return (
    <>
      <Flex gap={8} wrap className="tools">
        <DatePicker.RangePicker
          value={[from ? dayjs(from) : null, until ? dayjs(until) : null]}
          allowEmpty
          onChange={(days) =>
            change({
              from: days?.[0]?.format('YYYY-MM-DD') ?? null,
              until: days?.[1]?.format('YYYY-MM-DD') ?? null,
              page: null,
            })
          }
        />
        <Input.Search
          allowClear
          placeholder="谁"
          aria-label="谁"
          defaultValue={query.get('who') ?? ''}
          onSearch={(who) => change({ who, page: null })}
          style={{ width: 140 }}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder="做了什么"
          aria-label="做了什么"
          value={query.get('action')}
          onChange={(action) => change({ action, page: null })}
          options={actions.map((value) => ({ value, label: actionName(value) }))}
          style={{ width: 180 }}
        />
        <Select
          allowClear
          placeholder="类别"
          aria-label="类别"
          value={query.get('kind')}
          onChange={(kind) => change({ kind, page: null })}
          options={kinds.map((value) => ({ value, label: kindName(value) }))}
          style={{ width: 120 }}
        />
        <Input.Search
          allowClear
          placeholder="对象（账号、工单号、案例号……）"
          aria-label="对象"
          defaultValue={query.get('object') ?? ''}
          onSearch={(object) => change({ object, page: null })}
          style={{ width: 260 }}
        />
        <Flex gap={8} style={{ marginLeft: 'auto' }}>
          <Button loading={busy} onClick={() => void save('xlsx')}>
            导出 Excel
          </Button>
          <Button loading={busy} onClick={() => void save('csv')}>
            导出 CSV
          </Button>
        </Flex>
      </Flex>
      <DataTable<Row>
        name="audit"
        rowKey="id"
        columns={COLUMNS}
        filters={filters}
        load={(page) => ok(api.GET('/api/v1/staff/audit', { params: { query: { ...filters, ...page } } }))}
        expandable={{
          columnTitle: '展开',
          rowExpandable: ({ before, after }) => before !== null || after !== null,
          expandedRowRender: (row) => <Change row={row} />,
        }}
      />
    </>
  );
}

function Change({ row }: { row: Row }) {
  const told = (value: unknown) => (value === null ? '无' : <pre className="json">{JSON.stringify(value, null, 1)}</pre>);
  return (
    <div className="change">
      <dl>
        <dt>之前</dt>
        <dd>{told(row.before)}</dd>
      </dl>
      <dl>
        <dt>之后</dt>
        <dd>{told(row.after)}</dd>
      </dl>
    </div>
  );
}
