import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, InputNumber, Popconfirm, Select, Table, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { useAction } from '../useAction';

type Row = Schemas['CapacityView'];
const CALLS = 'hotline-12348';

interface Values {
  body: string;
  places: number;
  minutes: number;
}

/** How many people a place takes in a slot. Where nobody has said it, citizens are offered no times. */
export function Capacities() {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const [words, setWords] = useState('');
  const known = useServerState({ queryKey: ['capacities'], queryFn: () => ok(api.GET('/api/v1/admin/capacities')) });
  const found = useServerState({
    queryKey: ['directory', 'to-book', words],
    queryFn: () => ok(api.GET('/api/v1/admin/directory', { params: { query: { words, size: 30 } } })),
  });
  const path = (kind: Row['kind'], body_id: string) => ({ params: { path: { kind, body_id } } });
  const kindOf = (body: string): Row['kind'] => (body === CALLS ? 'callback' : 'visit');
  const save = ({ body, places, minutes }: Values) =>
    run(async () => {
      await ok(api.PUT('/api/v1/admin/capacities/{kind}/{body_id}', { ...path(kindOf(body), body), body: { places, minutes } }));
      await cache.invalidateQueries({ queryKey: ['capacities'] });
    }, '已登记');
  const forget = (row: Row) =>
    run(async () => {
      await ok(api.DELETE('/api/v1/admin/capacities/{kind}/{body_id}', path(row.kind, row.body_id)));
      await cache.invalidateQueries({ queryKey: ['capacities'] });
    }, '不再让人约');

  const columns: TableColumnsType<Row> = [
    { title: '地方', render: (_, row) => (row.kind === 'callback' ? `${row.body_name}（回电）` : row.body_name) },
    { title: '办公时间', dataIndex: 'hours', render: (hours: string | null) => hours ?? <Typography.Text type="warning">没有核实，现在约不了</Typography.Text> },
    { title: '一个时段几人', dataIndex: 'places' },
    { title: '一个时段几分钟', dataIndex: 'minutes' },
    {
      title: '操作',
      render: (_, row) => (
        <Popconfirm title="不再让人约这里？已经约好的不变。" okText="不再约" cancelText="取消" onConfirm={() => void forget(row)}>
          <Button size="small">不再约</Button>
        </Popconfirm>
      ),
    },
  ];
  return (
    <>
      <Typography.Paragraph type="secondary">
        问过这个地方才登记。没登记的，市民在网上约不了，会请他打 12348。选“12348 公共法律服务热线”是一个时段能回几个电话，不登记就不限。办公时间在信息库里改。
      </Typography.Paragraph>
      {known.error && <Alert type="error" showIcon title={readable(known.error)} />}
      <Form layout="inline" onFinish={save} initialValues={{ places: 2, minutes: 30 }} className="tools">
        <Form.Item name="body" rules={[{ required: true, message: '请选地方' }]}>
          <Select
            aria-label="地方"
            placeholder="写名称找地方"
            style={{ width: 320 }}
            showSearch={{ filterOption: false, onSearch: setWords }}
            loading={found.isFetching}
            options={(found.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        <Form.Item name="places" label="一个时段" rules={[{ required: true, message: '请填人数' }]}>
          <InputNumber min={1} max={200} suffix="人" />
        </Form.Item>
        <Form.Item name="minutes" rules={[{ required: true, message: '请填分钟' }]}>
          <InputNumber aria-label="一个时段几分钟" min={5} max={240} suffix="分钟" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          登记
        </Button>
      </Form>
      <Table<Row>
        size="small"
        rowKey={({ kind, body_id }) => `${kind} ${body_id}`}
        columns={columns}
        dataSource={known.data ?? []}
        loading={known.isFetching}
        pagination={false}
        locale={{ emptyText: '还没有登记过，市民在网上约不了时间' }}
      />
    </>
  );
}
