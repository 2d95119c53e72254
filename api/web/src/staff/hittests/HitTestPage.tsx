import { useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Segmented, Statistic } from 'antd';
import { api, download, ok, readable } from '../api/client';
import { useHitColumns, type Hit } from '../cases/HitTable';
import { DataTable } from '../DataTable';
import { useParam, useQuery } from '../router';
import { useAction } from '../useAction';
import { percent, Progressing } from './HitTestList';

type Filter = '' | 'wrong' | 'worse' | 'better' | 'changed';

/** One run: figures, and every question with what it hit. */
export default function HitTestPage() {
  const id = Number(useParam('id'));
  const [query, change] = useQuery();
  const [, act] = useAction();
  const columns = useHitColumns();
  const filter = (query.get('show') ?? '') as Filter;
  const found = useServerState({
    queryKey: ['hit-test', id],
    queryFn: () => ok(api.GET('/api/v1/admin/hit-tests/{id}', { params: { path: { id } } })),
    refetchInterval: (state) => (state.state.data?.state === 'running' ? 1500 : false),
  });
  if (found.error) return <Alert type="error" showIcon title={readable(found.error)} />;
  const run = found.data;
  if (!run) return <Card loading />;
  const figures = run.figures;
  const rows = filter === 'wrong' ? { wrong: true } : filter ? { change: filter } : {};
  return (
    <>
      <Flex gap={32} align="end" wrap className="tools">
        <Statistic title={run.name} value={run.total} suffix="个问题" />
        {!figures && <Progressing run={run} />}
        {figures && (
          <>
            <Statistic title="全对" value={percent(figures.right)} />
            <Statistic title="事项对" value={percent(figures.matter_right)} />
            <Statistic title="第一条就中" value={percent(figures.case_first)} />
            <Statistic title="前五条里有" value={percent(figures.case_recall)} />
            <Statistic title="去处对" value={percent(figures.body_right)} />
            <Statistic title="有案例可答" value={percent(figures.answered)} />
            <Statistic title="比上次变好 / 变差" value={`${figures.better} / ${figures.worse}`} />
          </>
        )}
      </Flex>
      {figures && (
        <>
          <Flex justify="space-between" className="tools">
            <Segmented
              value={filter}
              onChange={(show) => change({ show, page: null })}
              options={[
                { value: '', label: '全部' },
                { value: 'wrong', label: '不对的' },
                { value: 'worse', label: '变差的' },
                { value: 'better', label: '变好的' },
                { value: 'changed', label: '变了的' },
              ]}
            />
            <Button onClick={() => void act(() => download(`/api/v1/admin/hit-tests/${id}/export`, `hit-test-${id}.xlsx`))}>导出</Button>
          </Flex>
          <DataTable<Hit>
            name="hits"
            rowKey="number"
            filters={{ id, ...rows }}
            columns={[{ title: '行', dataIndex: 'number' }, ...columns]}
            load={(page) =>
              ok(api.GET('/api/v1/admin/hit-tests/{id}/hits', { params: { path: { id }, query: { ...rows, ...page } } }))
            }
          />
        </>
      )}
    </>
  );
}
