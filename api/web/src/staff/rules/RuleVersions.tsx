import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Input, Skeleton, Table, Tag, Typography } from 'antd';
import { useRef } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { minute } from '../moments';
import { may } from '../roles';
import { useMe } from '../session';
import { useAction } from '../useAction';

type Version = Schemas['RulesVersionView'];

/** Every version, which one decides, and every time that changed. An older one is put back like a new one. */
export function RuleVersions() {
  const cache = useQueryClient();
  const { modal } = App.useApp();
  const [busy, run] = useAction();
  const publishes = may(useMe(), ['reviewer']);
  const reason = useRef('');
  const rules = useServerState({ queryKey: ['rules', 'versions'], queryFn: () => ok(api.GET('/api/v1/admin/rules')) });
  if (rules.error) return <Alert type="error" showIcon title={readable(rules.error)} />;
  if (!rules.data) return <Skeleton active />;

  const publish = (number: number | null) => {
    reason.current = '';
    void modal.confirm({
      title: number === null ? '换回随系统安装的规则' : `用第 ${number} 版`,
      content: (
        <>
          <Typography.Paragraph>发布后马上生效，不用重启。标准问题有指错的，要写理由。</Typography.Paragraph>
          <Input.TextArea rows={3} maxLength={500} aria-label="理由" placeholder="理由" onChange={(e) => (reason.current = e.target.value)} />
        </>
      ),
      okText: '发布',
      cancelText: '不发',
      onOk: async () => {
        await run(async () => {
          const body = { reason: reason.current };
          await ok(
            number === null
              ? api.POST('/api/v1/admin/rules/installed/publish', { body })
              : api.POST('/api/v1/admin/rules/{number}/publish', { params: { path: { number } }, body }),
          );
          await cache.invalidateQueries({ queryKey: ['rules'] });
        }, '已经生效');
      },
    });
  };

  return (
    <>
      <Typography.Paragraph>
        {rules.data.in_use === null ? '正在用：随系统安装的规则。' : `正在用：第 ${rules.data.in_use} 版。`}{' '}
        {publishes && rules.data.in_use !== null && (
          <Button size="small" loading={busy} onClick={() => publish(null)}>
            换回随系统安装的
          </Button>
        )}
      </Typography.Paragraph>
      <Table<Version>
        size="small"
        rowKey="number"
        pagination={false}
        dataSource={rules.data.versions}
        locale={{ emptyText: '还没有改过规则' }}
        columns={[
          { title: '版', dataIndex: 'number', width: 60 },
          { title: '改了什么', dataIndex: 'title' },
          { title: '谁写的', dataIndex: 'author', width: 110 },
          { title: '时间', dataIndex: 'at', width: 150, render: minute },
          {
            title: '起草时试跑',
            width: 220,
            render: (_, { losses, moved }) => (
              <>
                {losses > 0 ? <Tag color="error">{`标准问题指错 ${losses}`}</Tag> : <Tag color="success">标准问题没有变错</Tag>}
                {`换地方 ${moved}`}
              </>
            ),
          },
          {
            title: '操作',
            width: 90,
            render: (_, { number, in_use }) =>
              in_use ? (
                <Tag color="processing">正在用</Tag>
              ) : (
                publishes && (
                  <Button size="small" loading={busy} onClick={() => publish(number)}>
                    发布
                  </Button>
                )
              ),
          },
        ]}
      />
      <Typography.Title level={5} style={{ marginTop: 20 }}>
        发布记录
      </Typography.Title>
      <Table
        size="small"
        rowKey="at"
        pagination={false}
        dataSource={rules.data.uses}
        locale={{ emptyText: '还没有发布过' }}
        columns={[
          { title: '时间', dataIndex: 'at', width: 150, render: minute },
          { title: '谁', dataIndex: 'who', width: 110 },
          { title: '用哪一版', dataIndex: 'number', width: 140, render: (number: number | null) => number ?? '随系统安装的' },
          { title: '理由', dataIndex: 'reason' },
        ]}
      />
    </>
  );
}
