import { useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Flex, Select, Skeleton, Table, Tag, Typography } from 'antd';
import { api, ok, readable, type Schemas } from '../api/client';
import { useQuery } from '../router';

type Row = Schemas['RuleRow'];

/** The rules of one matter, the first that applies leading. */
export function RuleTable() {
  const [query, change] = useQuery();
  const routes = useServerState({ queryKey: ['rules', 'table'], queryFn: () => ok(api.GET('/api/v1/admin/rules/table')) });
  if (routes.error) return <Alert type="error" showIcon title={readable(routes.error)} />;
  if (!routes.data) return <Skeleton active />;
  const route = routes.data.find(({ matter }) => matter === query.get('matter')) ?? routes.data[0];
  if (!route) return null;
  return (
    <>
      <Flex gap={12} align="center" className="tools">
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          aria-label="事项"
          value={route.matter}
          onChange={(matter) => change({ matter })}
          options={routes.data.map(({ matter, matter_name }) => ({ value: matter, label: matter_name }))}
          style={{ width: 260 }}
        />
        <Typography.Text type="secondary">
          从上往下看，第一条符合的领头；后面符合的排在它后面；最后一行是都不符合时。
        </Typography.Text>
      </Flex>
      {route.ask.length > 0 && <Typography.Paragraph>{`会问：${route.ask.join(' ')}`}</Typography.Paragraph>}
      <Table<Row>
        size="small"
        rowKey="code"
        pagination={false}
        dataSource={route.rules}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: '规则', dataIndex: 'code', width: 260, render: (code: string) => <Typography.Text code>{code}</Typography.Text> },
          {
            title: '什么情形（符合一条就算）',
            dataIndex: 'when',
            width: 260,
            render: (when: string[]) => (when.length === 0 ? '没有别的情形时' : when.map((text) => <div key={text}>{text}</div>)),
          },
          {
            title: '找谁（按顺序）',
            dataIndex: 'bodies',
            width: 240,
            render: (bodies: string[], { never }) => (
              <>
                {bodies.map((body, at) => (
                  <div key={body}>{`${at + 1}. ${body}`}</div>
                ))}
                {never.length > 0 && <Tag color="error" style={{ whiteSpace: 'normal' }}>{`不找：${never.join('、')}`}</Tag>}
              </>
            ),
          },
          { title: '告诉市民的话', dataIndex: 'text', width: 320 },
          { title: '依据', dataIndex: 'source', width: 260 },
        ]}
      />
    </>
  );
}
