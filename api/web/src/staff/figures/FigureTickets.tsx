import { useQuery as useServerState } from '@tanstack/react-query';
import { Button, Flex, Segmented, type TableColumnsType } from 'antd';
import { api, download, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { may } from '../roles';
import { Link, to, useQuery } from '../router';
import { useMe } from '../session';
import { useAction } from '../useAction';
import { day, type FigureId } from './texts';

type Row = Schemas['BehindView'];
const TICKETS = '/api/v1/desk/figures/tickets';

/** The tickets behind a figure. */
export default function FigureTickets() {
  const [query, change] = useQuery();
  const me = useMe();
  const [busy, run] = useAction();
  const counted = query.get('counted');
  const scope = {
    ...Object.fromEntries(['area', 'matter', 'body'].flatMap((name) => (query.get(name) ? [[name, query.get(name)!]] : []))),
    ...(day(query.get('first')) && { first: day(query.get('first'))! }),
    ...(day(query.get('last')) && { last: day(query.get('last'))! }),
  };
  const filters = {
    ...scope,
    figure: (query.get('figure') ?? 'one_call') as FigureId,
    ...(counted && { counted: counted === 'yes' }),
  };
  const figures = useServerState({
    queryKey: ['figures', scope, 'area'],
    queryFn: () => ok(api.GET('/api/v1/desk/figures', { params: { query: { ...scope, by: 'area' } } })),
  });
  const definition = figures.data?.definitions.find(({ id }) => id === filters.figure);
  const open = may(me, ['agent', 'supervisor', 'body_officer']); // the page of a ticket is theirs
  const columns: TableColumnsType<Row> = [
    {
      title: '工单',
      dataIndex: 'number',
      render: (number: string) => (open ? <Link to={`/tickets/${number}`}>{number}</Link> : number),
    },
    { title: '登记', dataIndex: 'opened_on' },
    { title: '事项', dataIndex: 'matter_name' },
    { title: '区', dataIndex: 'area' },
    { title: '单位', dataIndex: 'body_name' },
    { title: '算进分子 / 分母', align: 'right', render: (_, row) => `${row.part} / ${row.whole}` },
    { title: '重复的是', dataIndex: 'repeat_of' },
  ];
  return (
    <>
      <Flex gap={8} wrap className="tools" align="center">
        <Link to={to('/figures', { ...scope, figure: filters.figure })}>← 回到指标</Link>
        <Segmented
          aria-label="哪些工单"
          value={counted ?? ''}
          onChange={(counted) => change({ counted, page: null })}
          options={[
            { value: '', label: '全部' },
            { value: 'yes', label: '算进分子的' },
            { value: 'no', label: '没算进的' },
          ]}
        />
        <Button
          loading={busy}
          style={{ marginLeft: 'auto' }}
          onClick={() =>
            void run(() =>
              download(to(`${TICKETS}/export`, { ...scope, figure: filters.figure, counted: counted && String(counted === 'yes'), format: 'xlsx' }), 'tickets.xlsx'),
            )
          }
        >
          导出 Excel
        </Button>
      </Flex>
      {definition && (
        <p className="tools">
          <b>{definition.name}</b>（{figures.data!.first} 至 {figures.data!.last} 登记的工单）：{definition.text}
        </p>
      )}
      <DataTable<Row>
        name="figure tickets"
        rowKey="number"
        columns={columns}
        filters={filters}
        load={(page) => ok(api.GET(TICKETS, { params: { query: { ...filters, ...page } } }))}
        emptyText="没有这样的工单"
      />
    </>
  );
}
