import { useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Flex, Segmented, Select, Table, Typography, type TableColumnsType } from 'antd';
import { api, ok, readable, type Schemas } from '../api/client';
import { useQuery } from '../router';
import { DAYS } from './Results';

type Row = Pick<Schemas['AgreementView'], 'adopted' | 'edited' | 'rejected'> & { key: string; name: string };

/** How often suggestions were taken, by matter or by agent. A suggestion that is often refused is our fault, not theirs. */
export function Agreement() {
  const [query, change] = useQuery();
  const days = Number(query.get('days')) || 30;
  const by = query.get('by') === 'agent' ? 'agent' : 'matter';
  const found = useServerState({
    queryKey: ['agreement', days],
    queryFn: () => ok(api.GET('/api/v1/desk/agreement', { params: { query: { days } } })),
  });
  const rows = new Map<string, Row>();
  for (const one of found.data ?? []) {
    const key = by === 'agent' ? one.agent_name : one.matter;
    const row = rows.get(key) ?? { key, name: (by === 'agent' ? one.agent_name : one.matter_name) || '没听懂', adopted: 0, edited: 0, rejected: 0 };
    rows.set(key, {
      ...row,
      adopted: row.adopted + one.adopted,
      edited: row.edited + one.edited,
      rejected: row.rejected + one.rejected,
    });
  }
  const columns: TableColumnsType<Row> = [
    { title: by === 'agent' ? '座席' : '事项', dataIndex: 'name' },
    { title: '照用', dataIndex: 'adopted', align: 'right' },
    { title: '改后用', dataIndex: 'edited', align: 'right' },
    { title: '没用', dataIndex: 'rejected', align: 'right' },
    {
      title: '照用或改后用',
      align: 'right',
      render: (_, { adopted, edited, rejected }) => `${Math.round((100 * (adopted + edited)) / (adopted + edited + rejected))}%`,
    },
  ];
  const all = ({ adopted, edited, rejected }: Row) => adopted + edited + rejected;
  return (
    <>
      <Flex gap={12} align="center" wrap className="tools">
        <Select aria-label="时间" value={days} options={DAYS} onChange={(value) => change({ days: value === 30 ? null : value })} />
        <Segmented
          value={by}
          onChange={(value) => change({ by: value === 'matter' ? null : value })}
          options={[
            { value: 'matter', label: '按事项' },
            { value: 'agent', label: '按座席' },
          ]}
        />
        <Typography.Text type="secondary">
          {by === 'matter' ? '没用得多的事项，多半要补案例或改规则。' : '用得少的座席，可能比机器更懂：去问问为什么，别拿来考核。'}
        </Typography.Text>
      </Flex>
      {found.error && <Alert type="error" showIcon title={readable(found.error)} />}
      <Table<Row>
        size="small"
        rowKey="key"
        columns={columns}
        dataSource={[...rows.values()].sort((a, b) => all(b) - all(a))}
        loading={found.isFetching}
        pagination={{ pageSize: 50, hideOnSinglePage: true }}
        locale={{ emptyText: '这段时间座席还没有用过建议。' }}
      />
    </>
  );
}
