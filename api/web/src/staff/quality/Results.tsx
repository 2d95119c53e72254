import { useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Card, Flex, Select, Table, Typography, type TableColumnsType } from 'antd';
import { api, ok, readable, type Schemas } from '../api/client';
import { useQuery } from '../router';

type Tally = Schemas['TallyView'];
interface Row {
  matter: string;
  name: string;
  found: Record<string, Tally>;
}

export const DAYS = [7, 30, 90, 366].map((value) => ({ value, label: value === 366 ? '近一年' : `近 ${value} 天` }));

/** What was found, by matter: where we should write, teach or mend something. */
export function Results() {
  const [query, change] = useQuery();
  const days = Number(query.get('days')) || 30;
  const questions = useServerState({
    queryKey: ['quality-questions'],
    queryFn: () => ok(api.GET('/api/v1/desk/quality/questions')),
    staleTime: Infinity,
  });
  const results = useServerState({
    queryKey: ['quality-results', days],
    queryFn: () => ok(api.GET('/api/v1/desk/quality/results', { params: { query: { days } } })),
  });
  const error = questions.error ?? results.error;
  const rows = new Map<string, Row>();
  for (const tally of results.data?.tallies ?? []) {
    const row = rows.get(tally.matter) ?? { matter: tally.matter, name: tally.matter_name, found: {} };
    row.found[tally.question] = tally;
    rows.set(tally.matter, row);
  }
  const columns: TableColumnsType<Row> = [
    { title: '事项', dataIndex: 'name', fixed: 'left' },
    ...(questions.data ?? []).map(({ id, text }) => ({
      title: <span title={text}>{text.split('：')[0]}</span>,
      key: id,
      render: (_: unknown, { found }: Row) => shares(found[id]),
    })),
  ];
  const data = results.data;
  return (
    <>
      <Flex gap={12} align="center" wrap className="tools">
        <Select aria-label="时间" value={days} options={DAYS} onChange={(value) => change({ days: value === 30 ? null : value })} />
        {data && (
          <Typography.Text type="secondary">
            {data.first} 到 {data.last}：办结 {data.closed} 件，抽到 {data.drawn} 件，不满意 {data.dissatisfied} 件；要看 {data.sampled}{' '}
            件，看了 {data.reviewed} 件。
          </Typography.Text>
        )}
      </Flex>
      {error && <Alert type="error" showIcon title={readable(error)} />}
      <Table<Row>
        size="small"
        rowKey="matter"
        columns={columns}
        dataSource={[...rows.values()]}
        loading={results.isFetching}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: '这段时间还没有看过的工单。' }}
      />
      <Card size="small" style={{ marginTop: 12 }}>
        格子里是“是 / 部分 / 否”的件数；“不适用”不算。按事项看哪里要补案例、改规则、教新人，不按人排名。
      </Card>
    </>
  );
}

function shares(tally: Tally | undefined) {
  if (!tally) return '—';
  const all = tally.yes + tally.partly + tally.no;
  if (all === 0) return '—';
  return (
    <>
      {tally.yes} / {tally.partly} / {tally.no}{' '}
      <Typography.Text type="secondary">{Math.round((100 * (tally.yes + tally.partly / 2)) / all)}%</Typography.Text>
    </>
  );
}
