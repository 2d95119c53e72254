import { DatePicker, Flex, Segmented, Tag, type TableColumnsType } from 'antd';
import dayjs from 'dayjs';
import { api, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { Link, useQuery } from '../router';
import { may } from '../roles';
import { useMe } from '../session';
import { Capacities } from './Capacities';

type Row = Schemas['BookingRow'];
type View = Row['kind'] | 'capacity';

/** Callbacks to make and visits to come, soonest first; and how many people a place takes. */
export default function BookingList() {
  const me = useMe();
  const [query, change] = useQuery();
  const desk = may(me, ['agent', 'supervisor']);
  const plans = may(me, ['supervisor', 'curator']);
  const views = [
    ...(desk ? [{ value: 'callback' as const, label: '要回的电话' }] : []),
    ...(desk || may(me, ['body_officer']) ? [{ value: 'visit' as const, label: '要来的人' }] : []),
    ...(plans ? [{ value: 'capacity' as const, label: '一个时段接待几人' }] : []),
  ];
  const view = (query.get('view') as View | null) ?? views[0]!.value;
  const day = query.get('day') ?? '';

  const columns: TableColumnsType<Row> = [
    {
      title: '时间',
      render: (_, row) => (
        <>
          {minute(row.starts)}–{minute(row.ends).slice(-5)} {row.late && <Tag color="error">过了时间</Tag>}
        </>
      ),
    },
    { title: '工单', dataIndex: 'number', render: (number: string) => <Link to={`/tickets/${number}`}>{number}</Link> },
    { title: '事项', dataIndex: 'matter_name' },
    ...(view === 'visit' ? [{ title: '去哪里', dataIndex: 'body_name' }] : []),
    ...(desk ? [{ title: '称呼', dataIndex: 'name' }, { title: '电话', dataIndex: 'phone' }] : []),
  ];
  const filters = { kind: view === 'capacity' ? ('visit' as const) : view, ...(day && { day }) };

  return (
    <>
      <Flex gap={8} wrap className="tools">
        <Segmented value={view} options={views} onChange={(next) => change({ view: next, page: null, day: null })} />
        {view !== 'capacity' && (
          <DatePicker
            aria-label="哪一天"
            placeholder="哪一天"
            value={day ? dayjs(day) : null}
            onChange={(value) => change({ day: value ? value.format('YYYY-MM-DD') : null, page: null })}
          />
        )}
      </Flex>
      {view === 'capacity' ? (
        <Capacities />
      ) : (
        <DataTable<Row>
          name="bookings"
          rowKey={({ kind, number }) => `${kind} ${number}`}
          columns={columns}
          filters={filters}
          load={(page) => ok(api.GET('/api/v1/desk/bookings', { params: { query: { ...filters, ...page } } }))}
          emptyText={view === 'visit' ? '没有人约了时间来' : '没有约了时间要回的电话'}
          refreshMs={30_000}
        />
      )}
    </>
  );
}
