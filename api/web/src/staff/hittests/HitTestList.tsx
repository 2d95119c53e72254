import { useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Progress, Typography, Upload } from 'antd';
import { api, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { go, Link } from '../router';
import { useAction } from '../useAction';

export type HitTest = Schemas['HitTestView'];

export const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? '—' : `${(100 * share).toFixed(1)}%`;

export function Progressing({ run }: { run: HitTest }) {
  if (run.state === 'failed') return <Typography.Text type="danger">没有做完</Typography.Text>;
  if (run.state === 'done') return <>完成</>;
  return <Progress size="small" percent={run.total ? Math.round((100 * run.done) / run.total) : 0} style={{ width: 120 }} />;
}

/** Many questions at once, with every run of before. */
export default function HitTestList() {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const begin = (file: File) =>
    run(async () => {
      const body = new FormData();
      body.append('file', file);
      const begun = await ok(api.POST('/api/v1/admin/hit-tests', { body: body as never, bodySerializer: (form) => form }));
      void cache.invalidateQueries({ queryKey: ['hit-tests'] });
      go(`/hit-tests/${begun.id}`);
    });
  return (
    <>
      <Flex gap={12} align="center" className="tools">
        <Upload
          accept=".xlsx,.csv,.jsonl"
          showUploadList={false}
          beforeUpload={(file) => {
            void begin(file);
            return false;
          }}
        >
          <Button type="primary" loading={busy}>
            选文件，开始测
          </Button>
        </Upload>
        <Typography.Text type="secondary">
          表头写“问题”，可另写“事项”“案例”“承办单位类型”作为标准答案。同名文件再测一次，会和上一次对照。
        </Typography.Text>
      </Flex>
      <DataTable<HitTest>
        name="hit-tests"
        rowKey="id"
        refreshMs={4000}
        load={(page) => ok(api.GET('/api/v1/admin/hit-tests', { params: { query: page } }))}
        emptyText="还没有测过"
        columns={[
          { title: '文件', render: (_, { id, name }) => <Link to={`/hit-tests/${id}`}>{name}</Link> },
          { title: '时间', dataIndex: 'started_at', render: minute },
          { title: '谁', dataIndex: 'who' },
          { title: '进度', render: (_, row) => <Progressing run={row} /> },
          { title: '问题', dataIndex: 'total', align: 'right' },
          { title: '全对', align: 'right', render: (_, { figures }) => percent(figures?.right) },
          { title: '第一条就中', align: 'right', render: (_, { figures }) => percent(figures?.case_first) },
          { title: '前五条里有', align: 'right', render: (_, { figures }) => percent(figures?.case_recall) },
          { title: '去处对', align: 'right', render: (_, { figures }) => percent(figures?.body_right) },
          { title: '有案例可答', align: 'right', render: (_, { figures }) => percent(figures?.answered) },
          {
            title: '比上次',
            render: (_, { figures }) => (figures ? `变好 ${figures.better}，变差 ${figures.worse}` : ''),
          },
        ]}
      />
    </>
  );
}
