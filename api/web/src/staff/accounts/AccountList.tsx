import { useQueryClient } from '@tanstack/react-query';
import { Button, Flex, Input, Select, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { ROLE_NAMES, type Role } from '../roles';
import { useQuery } from '../router';
import { AccountDrawer } from './AccountDrawer';
import { TemporaryPassword } from './TemporaryPassword';

export type Account = Schemas['AccountView'];
type Told = Schemas['TemporaryPassword'];

const COLUMNS: TableColumnsType<Account> = [
  { title: '账号', dataIndex: 'username' },
  { title: '姓名', dataIndex: 'name' },
  { title: '角色', dataIndex: 'roles', render: (roles: Role[]) => roles.map((role) => ROLE_NAMES[role]).join('、') },
  { title: '范围', render: (_, { areas, bodies }) => limits(areas, bodies) },
  { title: '动态码', dataIndex: 'second_factor', render: (on: boolean) => (on ? '已开通' : '未开通') },
  { title: '状态', render: (_, account) => <State account={account} /> },
  { title: '开户', dataIndex: 'created_at', render: minute },
];

function limits(areas: string[], bodies: string[]): string {
  const parts = [areas.length ? areas.join('、') : '全市', bodies.length ? `${bodies.length} 个单位` : ''];
  return parts.filter(Boolean).join('；');
}

function State({ account }: { account: Account }) {
  if (!account.active) return <Tag>已停用</Tag>;
  if (account.locked_until && new Date(account.locked_until) > new Date()) return <Tag color="warning">暂时锁定</Tag>;
  return account.temporary_password ? <Tag>待改初始密码</Tag> : null;
}

/** Who can sign in, with which roles. */
export default function AccountList() {
  const cache = useQueryClient();
  const [query, change] = useQuery();
  const [open, setOpen] = useState<Account | 'new' | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const text = query.get('text') ?? '';
  const role = (query.get('role') ?? undefined) as Role | undefined;
  const state = query.get('state') ?? undefined;
  const filters = {
    ...(text ? { text } : {}),
    ...(role ? { role } : {}),
    ...(state ? { active: state === 'active' } : {}),
  };
  const changed = () => void cache.invalidateQueries({ queryKey: ['accounts'] });

  return (
    <>
      <Flex gap={8} wrap className="tools">
        <Input.Search
          allowClear
          placeholder="账号或姓名"
          aria-label="账号或姓名"
          defaultValue={text}
          onSearch={(text) => change({ text, page: null })}
          style={{ width: 220 }}
        />
        <Select
          allowClear
          placeholder="角色"
          aria-label="角色"
          value={role}
          onChange={(role) => change({ role, page: null })}
          options={Object.entries(ROLE_NAMES).map(([value, label]) => ({ value: value as Role, label }))}
          style={{ width: 160 }}
        />
        <Select
          allowClear
          placeholder="状态"
          aria-label="状态"
          value={state}
          onChange={(state) => change({ state, page: null })}
          options={[
            { value: 'active', label: '在用' },
            { value: 'inactive', label: '已停用' },
          ]}
          style={{ width: 110 }}
        />
        <Button type="primary" onClick={() => setOpen('new')} style={{ marginLeft: 'auto' }}>
          新建账号
        </Button>
      </Flex>
      <DataTable<Account>
        name="accounts"
        rowKey="id"
        columns={[
          ...COLUMNS,
          {
            title: '操作',
            render: (_, account) => (
              <Button type="link" size="small" onClick={() => setOpen(account)}>
                查看和修改
              </Button>
            ),
          },
        ]}
        filters={filters}
        load={(page) => ok(api.GET('/api/v1/staff/accounts', { params: { query: { ...filters, ...page } } }))}
        emptyText="没有符合条件的账号"
      />
      {open && (
        <AccountDrawer
          key={open === 'new' ? 'new' : open.id}
          account={open === 'new' ? null : open}
          onClose={() => setOpen(null)}
          onChanged={changed}
          onTold={setTold}
        />
      )}
      {told && <TemporaryPassword told={told} onClose={() => setTold(null)} />}
    </>
  );
}
