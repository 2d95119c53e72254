import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, DatePicker, Drawer, Flex, Form, Input, Skeleton, Table, Tag, Typography } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { minute } from '../moments';
import { useAction } from '../useAction';
import { HINTS, stateColor, STATES } from './texts';

type Entry = Schemas['DirectoryEntry'];
type Fact = Schemas['FactView'];

interface Props {
  id: string | null;
  writes: boolean;
  onClose: () => void;
}

/** One entry: each fact with where it comes from and how old it is, and all that was known before. */
export function EntryDrawer({ id, writes, onClose }: Props) {
  const [editing, setEditing] = useState<Fact | null>(null);
  const entry = useServerState({
    queryKey: ['directory', 'entry', id],
    queryFn: () => ok(api.GET('/api/v1/admin/directory/{body_id}', { params: { path: { body_id: id ?? '' } } })),
    enabled: id !== null,
  });
  return (
    <Drawer open={id !== null} onClose={onClose} size={820} title={entry.data?.name ?? '条目'}>
      {entry.error && <Alert type="error" showIcon title={readable(entry.error)} />}
      {!entry.data && !entry.error && <Skeleton active />}
      {entry.data && (
        <>
          {entry.data.open_tickets > 0 && (
            <Alert
              type="warning"
              showIcon
              title={`有 ${entry.data.open_tickets} 张工单在这里办。停办后这些工单不会自己走，请座席改派。`}
              style={{ marginBottom: 12 }}
            />
          )}
          <Table<Fact>
            size="small"
            rowKey="name"
            pagination={false}
            dataSource={entry.data.facts}
            columns={[
              { title: '哪一项', dataIndex: 'label', width: 110 },
              {
                title: '内容',
                dataIndex: 'value',
                render: (value: string) => value || <Typography.Text type="secondary">不知道</Typography.Text>,
              },
              { title: '来源', dataIndex: 'source', width: 220 },
              {
                title: '核对于',
                width: 130,
                render: (_, fact) =>
                  fact.stale ? <Typography.Text type="danger">{`${fact.checked_on} 旧`}</Typography.Text> : fact.checked_on,
              },
              {
                title: '操作',
                width: 64,
                render: (_, fact) =>
                  writes && (
                    <Button type="link" className="inline" onClick={() => setEditing(fact)} aria-label={`改${fact.label}`}>
                      改
                    </Button>
                  ),
              },
            ]}
          />
          {editing && <FactForm key={editing.name} entry={entry.data} fact={editing} onDone={() => setEditing(null)} />}
          <Typography.Title level={5} style={{ marginTop: 20 }}>
            改动记录
          </Typography.Title>
          <Table
            size="small"
            rowKey="at"
            pagination={false}
            dataSource={entry.data.history}
            locale={{ emptyText: '还没有人改过，内容来自随系统附带的资料' }}
            columns={[
              { title: '时间', dataIndex: 'at', width: 140, render: minute },
              { title: '谁', dataIndex: 'editor', width: 90 },
              { title: '哪一项', dataIndex: 'label', width: 110 },
              { title: '改成', dataIndex: 'value', render: (value: string) => value || '不知道' },
              { title: '来源', dataIndex: 'source' },
              { title: '核对于', dataIndex: 'checked_on', width: 110 },
              {
                title: '状态',
                dataIndex: 'state',
                width: 80,
                render: (state: string) => <Tag color={stateColor(state)}>{STATES[state]}</Tag>,
              },
            ]}
          />
        </>
      )}
    </Drawer>
  );
}

interface Values {
  value: string;
  source: string;
  checked_on: Dayjs;
  confirmed: boolean;
  note: string;
}

/** What somebody found out about one fact; the same value again says that it still holds. */
function FactForm({ entry, fact, onDone }: { entry: Entry; fact: Fact; onDone: () => void }) {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const save = ({ value, source, checked_on, confirmed, note }: Values) =>
    run(async () => {
      await ok(
        api.POST('/api/v1/admin/directory/{body_id}', {
          params: { path: { body_id: entry.id } },
          body: {
            facts: [{ name: fact.name, value: value ?? '' }],
            source,
            checked_on: checked_on.format('YYYY-MM-DD'),
            confirmed: confirmed ?? false,
            note: note ?? '',
          },
        }),
      );
      await cache.invalidateQueries({ queryKey: ['directory'] });
      onDone();
    });
  return (
    <Form<Values>
      layout="vertical"
      onFinish={(values) => void save(values)}
      initialValues={{ value: fact.value, checked_on: dayjs(), confirmed: false, source: '', note: '' }}
      style={{ marginTop: 16 }}
    >
      <Form.Item name="value" label={fact.label} extra={HINTS[fact.name] ?? '不知道就空着'}>
        <Input maxLength={500} />
      </Form.Item>
      <Form.Item
        name="source"
        label="从哪里知道的"
        rules={[{ required: true, min: 2, message: '请写来源，例如：11 月 24 日打电话问过；某局网站' }]}
      >
        <Input maxLength={300} />
      </Form.Item>
      <Flex gap={16}>
        <Form.Item name="checked_on" label="哪天核对的" rules={[{ required: true, message: '请选日期' }]}>
          <DatePicker disabledDate={(day) => day.isAfter(dayjs(), 'day')} />
        </Form.Item>
        <Form.Item name="note" label="备注" style={{ flex: 1 }}>
          <Input maxLength={500} />
        </Form.Item>
      </Flex>
      <Form.Item name="confirmed" valuePropName="checked">
        <Checkbox>已经核实（打过电话、去过，或看到官方网页）</Checkbox>
      </Form.Item>
      <Flex gap={8}>
        <Button type="primary" htmlType="submit" loading={busy}>
          记下来
        </Button>
        <Button onClick={onDone}>不改了</Button>
      </Flex>
    </Form>
  );
}
