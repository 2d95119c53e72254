import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Popconfirm, Spin, Table, Tag, Typography, type TableColumnsType } from 'antd';
import { api, ok, readable, type Schemas } from '../api/client';
import { minute } from '../moments';
import { may } from '../roles';
import { useMe } from '../session';
import { useAction } from '../useAction';

type Run = Schemas['RunView'];
type Publication = Schemas['PublicationView'];

const STATES: Record<Run['state'], { name: string; color: string }> = {
  running: { name: '正在训练', color: 'processing' },
  published: { name: '换上了', color: 'success' },
  refused: { name: '没换：不如现在的', color: 'warning' },
  unchanged: { name: '数据没变', color: 'default' },
  failed: { name: '没训成', color: 'error' },
};
const WATCH_MS = 3000;

/** Trainings with their scores, and the models that were put in use; the way back to the one before. */
export function Models() {
  const me = useMe();
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const found = useServerState({
    queryKey: ['training'],
    queryFn: () => ok(api.GET('/api/v1/admin/training')),
    refetchInterval: ({ state }) => (state.data?.runs.some((one) => one.state === 'running') ? WATCH_MS : false),
  });
  if (found.error) return <Alert type="error" showIcon title={readable(found.error)} />;
  if (!found.data) return <Spin />;
  const { labels, runs, history } = found.data;
  const running = runs.some((one) => one.state === 'running');
  const refresh = () => cache.invalidateQueries({ queryKey: ['training'] });
  const begin = () =>
    run(async () => {
      await ok(api.POST('/api/v1/admin/training/runs'));
      await refresh();
    }, '开始训练，几分钟后看结果');
  const back = () =>
    run(async () => {
      await ok(api.POST('/api/v1/admin/training/back'));
      await refresh();
    }, '已退回上一个模型');

  const columns: TableColumnsType<Run> = [
    { title: '开始', dataIndex: 'begun_at', render: minute },
    { title: '谁', dataIndex: 'who' },
    { title: '用了几条标注', dataIndex: 'labels', align: 'right' },
    { title: '结果', dataIndex: 'state', render: (state: Run['state']) => <Tag color={STATES[state].color}>{STATES[state].name}</Tag> },
    { title: '新模型答对', dataIndex: 'accuracy', align: 'right', render: percent },
    { title: '原来的答对', dataIndex: 'before', align: 'right', render: percent },
    { title: '说明', dataIndex: 'message' },
  ];
  const models: TableColumnsType<Publication> = [
    { title: '换上的时间', dataIndex: 'published_at', render: minute },
    { title: '答对', dataIndex: 'held_out_accuracy', align: 'right', render: percent },
    { title: '模型', dataIndex: 'model', render: (model: string, { in_use }) => <>{model} {in_use && <Tag color="success">正在用</Tag>}</> },
  ];
  return (
    <Flex vertical gap={12}>
      <Flex gap={8} align="center" wrap>
        {may(me, ['reviewer']) && (
          <>
            <Button type="primary" loading={busy} disabled={running} onClick={() => void begin()}>
              用已标的 {labels} 条重新训练
            </Button>
            <Popconfirm title="退回上一个模型？马上生效，可以再训练回来。" onConfirm={() => void back()}>
              <Button loading={busy} disabled={running || history.length < 2}>
                退回上一个模型
              </Button>
            </Popconfirm>
          </>
        )}
        <Typography.Text type="secondary">
          训练在后台做，不影响接待。新模型在没学过的题上不如现在的，就不换。
          {!may(me, ['reviewer']) && '训练由审核员来做。'}
        </Typography.Text>
      </Flex>
      <Table<Run>
        size="small"
        rowKey="id"
        title={() => '训练'}
        columns={columns}
        dataSource={runs}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: '还没有在这里训练过。' }}
      />
      <Table<Publication>
        size="small"
        rowKey="published_at"
        title={() => '用过的模型'}
        columns={models}
        dataSource={history}
        pagination={false}
        scroll={{ x: 'max-content' }}
      />
    </Flex>
  );
}

function percent(share: number | null): string {
  return share === null ? '' : `${(share * 100).toFixed(1)}%`;
}
