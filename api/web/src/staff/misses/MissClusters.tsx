import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Popconfirm, Segmented, Tag, Typography } from 'antd';
import { api, ok, readable, type Schemas } from '../api/client';
import '../cases/cases.css';
import { minute } from '../moments';
import { may } from '../roles';
import { go, Link, useQuery } from '../router';
import { useMe } from '../session';
import { useAction } from '../useAction';

type Cluster = Schemas['ClusterView'];
type Kind = 'unsure' | 'unresolved' | 'edited';

const KINDS: Record<Kind, string> = { unsure: '没把握', unresolved: '市民说没解决', edited: '座席改过' };

/** What was not answered well, by meaning; from a group of questions to a case. */
export default function MissClusters() {
  const [query, change] = useQuery();
  const kind = (query.get('kind') ?? '') as Kind | '';
  const found = useServerState({
    queryKey: ['miss-clusters', kind],
    queryFn: () => ok(api.GET('/api/v1/admin/miss-clusters', { params: { query: kind ? { kind } : {} } })),
  });
  return (
    <>
      <Flex gap={8} align="center" className="tools">
        <Segmented
          value={kind}
          onChange={(kind) => change({ kind })}
          options={[{ value: '', label: '全部' }, ...Object.entries(KINDS).map(([value, label]) => ({ value, label }))]}
        />
        {found.data && (
          <Typography.Text type="secondary">
            {found.data.misses} 个问题，分成 {found.data.clusters.length} 组
          </Typography.Text>
        )}
      </Flex>
      {found.error && <Alert type="error" showIcon title={readable(found.error)} />}
      {found.isLoading && <Card loading />}
      {found.data?.clusters.length === 0 && <Card>没有等着处理的问题。</Card>}
      <Flex vertical gap={8}>
        {found.data?.clusters.map((cluster) => <Group key={cluster.miss_ids[0]} cluster={cluster} />)}
      </Flex>
    </>
  );
}

function Group({ cluster }: { cluster: Cluster }) {
  const me = useMe();
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const ids = cluster.miss_ids;
  const begin = () =>
    run(async () => {
      const made = await ok(
        api.POST('/api/v1/admin/cases', {
          body: {
            case: cluster.skeleton,
            source: `${cluster.size} 个没答好的问题，例如“${cluster.sample[0]}”`.slice(0, 300),
            confirmed: true,
            miss_ids: ids.slice(0, 500),
          },
        }),
      );
      void cache.invalidateQueries({ queryKey: ['miss-clusters'] });
      go(`/cases/${made.id}`);
    });
  const dismiss = () =>
    run(async () => {
      await ok(api.POST('/api/v1/admin/misses/dismiss', { body: { miss_ids: ids, reason: '' } }));
      await cache.invalidateQueries({ queryKey: ['miss-clusters'] });
    }, '已移出');
  const trend = cluster.trend > 0 ? `多了 ${cluster.trend}` : cluster.trend < 0 ? `少了 ${-cluster.trend}` : '持平';
  return (
    <Card size="small">
      <Flex gap={16} justify="space-between" align="start">
        <div>
          <Typography.Text strong>{cluster.size} 个问题</Typography.Text>
          <Typography.Text type="secondary">
            {' '}
            · 本周 {cluster.this_week}（比上周{trend}） · 最近 {minute(cluster.newest_at)}
            {cluster.matter_name && ` · 多半是“${cluster.matter_name}”`}
          </Typography.Text>{' '}
          {Object.entries(cluster.kinds).map(([kind, count]) => (
            <Tag key={kind}>
              {KINDS[kind as Kind]} {count}
            </Tag>
          ))}
          <ul className="miss-sample">
            {cluster.sample.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          {Object.keys(cluster.reasons).length > 0 && (
            <div>
              市民说的原因：
              {Object.entries(cluster.reasons)
                .map(([reason, count]) => `${reason} ${count}`)
                .join('，')}
            </div>
          )}
          {cluster.nearest_case_id && (
            <Typography.Text type="secondary">
              库里最像的：<Link to={`/cases/${cluster.nearest_case_id}`}>{cluster.nearest_title}</Link>
            </Typography.Text>
          )}
        </div>
        {may(me, ['curator']) && (
          <Flex vertical gap={6}>
            <Button type="primary" loading={busy} onClick={begin}>
              写成案例
            </Button>
            <Popconfirm title="这组不用处理，从名单上移出？" onConfirm={dismiss}>
              <Button loading={busy}>不用处理</Button>
            </Popconfirm>
          </Flex>
        )}
      </Flex>
    </Card>
  );
}
