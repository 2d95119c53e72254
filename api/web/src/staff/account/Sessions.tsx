import { useQuery } from '@tanstack/react-query';
import { Alert, Button, List, Typography } from 'antd';
import { api, ok, readable } from '../api/client';
import { minute } from '../moments';
import { useAction } from '../useAction';

/** Where one is signed in; each can be ended. */
export function Sessions() {
  const [busy, run] = useAction();
  const sessions = useQuery({ queryKey: ['my sessions'], queryFn: () => ok(api.GET('/api/v1/staff/me/sessions')) });
  const end = async (session_id: string) => {
    const params = { path: { session_id } };
    await run(() => ok(api.DELETE('/api/v1/staff/me/sessions/{session_id}', { params })), '已退出');
    void sessions.refetch();
  };
  if (sessions.error) return <Alert type="error" title={readable(sessions.error)} />;
  return (
    <List
      size="small"
      loading={sessions.isLoading}
      dataSource={sessions.data ?? []}
      renderItem={(session) => (
        <List.Item
          actions={[
            session.current ? (
              '这里'
            ) : (
              <Button key="end" loading={busy} onClick={() => void end(session.id)}>
                退出
              </Button>
            ),
          ]}
        >
          <div>
            {session.address || '地址未知'}，{minute(session.created_at)} 登录，最近 {minute(session.seen_at)}
            <div>
              <Typography.Text type="secondary">{session.user_agent}</Typography.Text>
            </div>
          </div>
        </List.Item>
      )}
    />
  );
}
