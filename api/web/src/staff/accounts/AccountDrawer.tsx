import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Divider, Drawer, Flex, Form, Input, List, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { api, ok, ProblemError, readable, type Schemas } from '../api/client';
import { minute } from '../moments';
import { ROLE_NAMES, type Role } from '../roles';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';
import type { Account } from './AccountList';

interface Fields {
  username: string;
  name: string;
  roles: Role[];
  areas: string[];
  bodies: string[];
  skills: string[];
  reason?: string;
}

interface Props {
  /** Null for a new one. */
  account: Account | null;
  onClose: () => void;
  onChanged: () => void;
  onTold: (told: Schemas['TemporaryPassword']) => void;
}

const NO_LIMITS: Schemas['LimitChoices'] = { areas: [], bodies: [], skills: [] };
const NEW: Fields = { username: '', name: '', roles: [], areas: [], bodies: [], skills: [] };

/** One account: what it may do, and what helps somebody who cannot get in. */
export function AccountDrawer({ account: given, onClose, onChanged, onTold }: Props) {
  const [form] = Form.useForm<Fields>();
  const draft = useDraft<Fields>(`account.${given?.id ?? 'new'}`, given ?? NEW, String(given?.version ?? 0));
  const [account, setAccount] = useState(given);
  const [trouble, setTrouble] = useState<ProblemError | null>(null);
  const [busy, run] = useAction();
  const choices = useQuery({
    queryKey: ['account choices'],
    queryFn: () => ok(api.GET('/api/v1/staff/accounts/choices')),
    staleTime: Infinity,
  });
  const { areas, bodies, skills } = choices.data ?? NO_LIMITS;

  const save = async ({ username, reason, ...rest }: Fields) => {
    setTrouble(null);
    try {
      if (account) {
        const path = { staff_id: account.id };
        const body = { ...rest, reason: reason ?? '', version: account.version };
        await ok(api.PATCH('/api/v1/staff/accounts/{staff_id}', { params: { path }, body }));
      } else onTold(await ok(api.POST('/api/v1/staff/accounts', { body: { username, ...rest } })));
      draft.done(NEW);
      onChanged();
      onClose();
    } catch (error) {
      setTrouble(error instanceof ProblemError ? error : new ProblemError(0, readable(error), ''));
    }
  };

  const discard = () => {
    draft.done(account ?? NEW);
    form.setFieldsValue({ reason: '', ...(account ?? NEW) });
  };

  const readAgain = async (id: number) => {
    const now = await ok(api.GET('/api/v1/staff/accounts/{staff_id}', { params: { path: { staff_id: id } } }));
    setAccount(now);
    form.setFieldsValue(now);
    draft.done(now);
    setTrouble(null);
    onChanged();
  };

  return (
    <Drawer
      open
      onClose={onClose}
      size={520}
      title={account ? `${account.name}（${account.username}）` : '新建账号'}
      mask={{ closable: false }}
      footer={
        <Flex gap={8} justify="end">
          <Button onClick={onClose}>取消</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {account ? '保存' : '建好账号'}
          </Button>
        </Flex>
      }
    >
      {trouble && (
        <Alert
          type="error"
          showIcon
          title={readable(trouble)}
          style={{ marginBottom: 12 }}
          action={
            trouble.status === 409 &&
            account && <Button onClick={() => void run(() => readAgain(account.id))}>读最新的</Button>
          }
        />
      )}
      {draft.restored && (
        <Alert
          type={draft.outdated ? 'warning' : 'info'}
          showIcon
          title={draft.outdated ? '这是上次没保存的内容；这个账号后来改过，请核对。' : '这是上次没保存的内容。'}
          action={<Button onClick={discard}>不要了</Button>}
          style={{ marginBottom: 12 }}
        />
      )}
      <Form
        form={form}
        name="account"
        layout="vertical"
        initialValues={draft.value}
        onValuesChange={(_, fields) => draft.change({ ...NEW, ...fields })}
        onFinish={(fields) => run(() => save(fields))}
      >
        {!account && (
          <Form.Item
            name="username"
            label="账号"
            extra="小写字母、数字和 . _ @ -，登录时用，以后不能改"
            rules={[{ required: true, pattern: /^[a-z0-9][a-z0-9._@-]{1,59}$/, message: '2 到 60 个小写字母、数字或 . _ @ -' }]}
          >
            <Input autoComplete="off" maxLength={60} />
          </Form.Item>
        )}
        <Form.Item name="name" label="姓名" extra="同事和来访群众看到的名字" rules={[{ required: true, whitespace: true, message: '请填姓名' }]}>
          <Input autoComplete="off" maxLength={60} />
        </Form.Item>
        <Form.Item name="roles" label="角色">
          <Checkbox.Group options={Object.entries(ROLE_NAMES).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="areas" label="区域" extra="不选就是全市">
          <Select mode="multiple" allowClear options={areas} loading={choices.isLoading} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        <Form.Item name="bodies" label="代表的承办单位" extra="只对承办单位经办人有用">
          <Select mode="multiple" allowClear options={bodies} loading={choices.isLoading} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        <Form.Item name="skills" label="接哪些事" extra="只对座席有用；不选就是都接">
          <Select mode="multiple" allowClear options={skills} loading={choices.isLoading} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        {account && (
          <Form.Item name="reason" label="为什么改" extra="记入审计">
            <Input maxLength={500} />
          </Form.Item>
        )}
      </Form>
      {account && <Measures account={account} onTold={onTold} onChanged={() => void run(() => readAgain(account.id))} />}
    </Drawer>
  );
}

function Measures({ account, onTold, onChanged }: { account: Account } & Pick<Props, 'onTold' | 'onChanged'>) {
  const [busy, run] = useAction();
  const path = { staff_id: account.id };
  const params = { path };
  const sessions = useQuery({
    queryKey: ['sessions of', account.id],
    queryFn: () => ok(api.GET('/api/v1/staff/accounts/{staff_id}/sessions', { params })),
  });
  const after = async (act: () => Promise<unknown>, done: string) => {
    if (!(await run(act, done))) return;
    void sessions.refetch();
    onChanged();
  };
  const { version } = account;
  const setActive = (active: boolean) =>
    after(
      () => ok(api.PATCH('/api/v1/staff/accounts/{staff_id}', { params, body: { version, active, reason: '' } })),
      active ? '已启用' : '已停用',
    );
  const reset = () =>
    after(async () => onTold(await ok(api.POST('/api/v1/staff/accounts/{staff_id}/password', { params }))), '密码已重设');
  const noFactor = () =>
    after(() => ok(api.DELETE('/api/v1/staff/accounts/{staff_id}/second-factor', { params })), '动态码已关掉');
  const signOut = () => after(() => ok(api.DELETE('/api/v1/staff/accounts/{staff_id}/sessions', { params })), '已全部退出');

  return (
    <>
      <Divider titlePlacement="start">登不上时</Divider>
      <Flex gap={8} wrap>
        <Popconfirm title="重设密码？" description="旧密码马上失效，所有登录都退出。" onConfirm={reset}>
          <Button loading={busy}>重设密码</Button>
        </Popconfirm>
        {account.second_factor && (
          <Popconfirm title="关掉动态码？" description="先确认是本人。所有登录都退出。" onConfirm={noFactor}>
            <Button loading={busy}>关掉动态码</Button>
          </Popconfirm>
        )}
        {account.active ? (
          <Popconfirm title="停用这个账号？" description="马上退出，不能再登录。记录都保留。" onConfirm={() => setActive(false)}>
            <Button danger loading={busy}>
              停用
            </Button>
          </Popconfirm>
        ) : (
          <Button loading={busy} onClick={() => void setActive(true)}>
            重新启用
          </Button>
        )}
      </Flex>
      <Divider titlePlacement="start">正在登录的地方</Divider>
      <List
        size="small"
        dataSource={sessions.data ?? []}
        loading={sessions.isLoading}
        locale={{ emptyText: '现在没有登录' }}
        renderItem={(session) => (
          <List.Item>
            <List.Item.Meta
              title={`${session.address || '地址未知'}，最近 ${minute(session.seen_at)}`}
              description={session.user_agent}
            />
          </List.Item>
        )}
      />
      {(sessions.data?.length ?? 0) > 0 && (
        <Button loading={busy} onClick={() => void signOut()}>
          全部退出
        </Button>
      )}
    </>
  );
}
