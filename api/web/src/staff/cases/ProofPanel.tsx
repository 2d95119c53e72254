import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Progress, Statistic } from 'antd';
import { api, ok } from '../api/client';
import { useAction } from '../useAction';
import { HitTable } from './HitTable';

export function useProof(id: string, revision: number, wanted: boolean) {
  return useServerState({
    queryKey: ['proof', id, revision],
    queryFn: () => ok(api.GET('/api/v1/admin/cases/{case_id}/proof', { params: { path: { case_id: id } } })),
    enabled: wanted,
    refetchInterval: (state) => (state.state.data?.state === 'running' ? 1500 : false),
  });
}

/** What publishing the draft would change, in numbers and question by question. */
export function ProofPanel({ id, revision }: { id: string; revision: number }) {
  const cache = useQueryClient();
  const proof = useProof(id, revision, true).data;
  const [busy, run] = useAction();
  const again = () =>
    run(async () => {
      await ok(api.POST('/api/v1/admin/cases/{case_id}/proof', { params: { path: { case_id: id } } }));
      await cache.invalidateQueries({ queryKey: ['proof', id] });
    });
  const button = (
    <Button size="small" loading={busy} onClick={again}>
      重新核对
    </Button>
  );
  if (!proof) return <Alert type="info" showIcon title="还没有核对发布后会改变什么。" action={button} />;
  if (proof.state === 'failed') return <Alert type="error" showIcon title="核对没有做完。" action={button} />;
  if (!proof.figures)
    return (
      <Flex vertical gap={4}>
        正在核对发布后会改变什么……
        <Progress percent={proof.total ? Math.round((100 * proof.done) / proof.total) : 0} />
      </Flex>
    );
  const { worse, better, answers_changed, bodies_changed, questions } = proof.figures;
  return (
    <Flex vertical gap={12}>
      <Alert
        type={worse ? 'error' : 'success'}
        showIcon
        title={worse ? `有 ${worse} 个问题会答得更差。要发布的，请写明理由。` : '没有问题会答得更差。'}
        description={proof.outdated ? '核对之后案例库又有变化，可以重新核对。' : undefined}
        action={button}
      />
      <Flex gap={32}>
        <Statistic title="看过的问题" value={proof.total} />
        <Statistic title="可能受影响" value={questions} />
        <Statistic title="变差" value={worse} styles={{ content: worse ? { color: '#b3261e' } : {} }} />
        <Statistic title="变好" value={better} />
        <Statistic title="换了答复" value={answers_changed} />
        <Statistic title="换了去处" value={bodies_changed} />
      </Flex>
      {proof.changes.length > 0 && <HitTable hits={proof.changes} />}
    </Flex>
  );
}
