import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Popconfirm, Table, Tabs, Tag, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { minute } from '../moments';
import { may } from '../roles';
import { useQuery } from '../router';
import { useMe } from '../session';
import { useAction } from '../useAction';
import { PhraseDialog, type Phrase } from './PhraseDialog';

type Central = Schemas['CentralView'];

/** Canned phrases: those for all agents, and one's own. */
export default function PhrasesPage() {
  const me = useMe();
  const [query, change] = useQuery();
  const tabs = [
    ...(may(me, ['curator', 'supervisor']) ? [{ key: 'all', label: '全体座席用的', children: <ForAll /> }] : []),
    ...(may(me, ['agent', 'supervisor']) ? [{ key: 'own', label: '我自己的', children: <Own /> }] : []),
  ];
  return (
    <Tabs
      activeKey={query.get('tab') ?? tabs[0]?.key ?? ''}
      onChange={(tab) => change({ tab })}
      items={tabs}
      destroyOnHidden
    />
  );
}

function ForAll() {
  const cache = useQueryClient();
  const [open, setOpen] = useState<Central | 'new' | null>(null);
  const [busy, run] = useAction();
  const found = useServerState({ queryKey: ['central-phrases'], queryFn: () => ok(api.GET('/api/v1/desk/central-phrases')) });
  const refresh = () =>
    Promise.all(['central-phrases', 'desk-phrases'].map((name) => cache.invalidateQueries({ queryKey: [name] })));
  const put = ({ key, title, text }: Phrase, withdrawn: boolean, version: number) =>
    ok(
      api.PUT('/api/v1/desk/central-phrases/{key}', {
        params: { path: { key } },
        body: { title, text, withdrawn, version },
      }),
    );
  const turn = (phrase: Central) =>
    run(async () => {
      await put(phrase, !phrase.withdrawn, phrase.version);
      await refresh();
    }, phrase.withdrawn ? '已恢复' : '已撤下');

  const columns: TableColumnsType<Central> = [
    { title: '代号', dataIndex: 'key', render: (key: string) => <code>/{key}</code> },
    { title: '名称', dataIndex: 'title' },
    {
      title: '内容',
      dataIndex: 'text',
      render: (text: string, { withdrawn, faults }) => (
        <>
          {withdrawn && <Tag>已撤下</Tag>}
          {faults.map((fault) => (
            <Tag key={fault} color="error">
              {fault} 没查到或已失效，发不出去
            </Tag>
          ))}
          {text}
        </>
      ),
    },
    {
      title: '谁改的',
      render: (_, { changed_by, changed_at }) => (changed_at ? `${changed_by} ${minute(changed_at)}` : '系统自带'),
    },
    {
      title: '操作',
      render: (_, phrase) => (
        <Flex gap={4}>
          <Button size="small" onClick={() => setOpen(phrase)} aria-label={`修改${phrase.title}`}>
            修改
          </Button>
          <Popconfirm
            title={phrase.withdrawn ? '恢复以后座席又能用。' : '撤下以后座席就看不到了，可以恢复。'}
            onConfirm={() => turn(phrase)}
          >
            <Button size="small" loading={busy} aria-label={`${phrase.withdrawn ? '恢复' : '撤下'}${phrase.title}`}>
              {phrase.withdrawn ? '恢复' : '撤下'}
            </Button>
          </Popconfirm>
        </Flex>
      ),
    },
  ];
  return (
    <>
      <Top onAdd={() => setOpen('new')} />
      {found.error && <Alert type="error" showIcon title={readable(found.error)} />}
      <Table<Central>
        size="small"
        rowKey="key"
        columns={columns}
        dataSource={found.data ?? []}
        loading={found.isFetching}
        pagination={false}
        scroll={{ x: 700 }}
      />
      {open && (
        <PhraseDialog
          phrase={open === 'new' ? null : open}
          save={async (phrase) => {
            await put(phrase, false, open === 'new' ? 0 : open.version);
            await refresh();
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function Own() {
  const cache = useQueryClient();
  const [open, setOpen] = useState<Phrase | 'new' | null>(null);
  const [busy, run] = useAction();
  const found = useServerState({ queryKey: ['desk-phrases'], queryFn: () => ok(api.GET('/api/v1/desk/phrases')) });
  const refresh = () => cache.invalidateQueries({ queryKey: ['desk-phrases'] });
  const drop = (key: string) =>
    run(async () => {
      await ok(api.DELETE('/api/v1/desk/phrases/{key}', { params: { path: { key } } }));
      await refresh();
    }, '已删掉');
  const columns: TableColumnsType<Phrase> = [
    { title: '代号', dataIndex: 'key', render: (key: string) => <code>/{key}</code> },
    { title: '名称', dataIndex: 'title' },
    { title: '内容', dataIndex: 'text' },
    {
      title: '操作',
      render: (_, phrase) => (
        <Flex gap={4}>
          <Button size="small" onClick={() => setOpen(phrase)} aria-label={`修改${phrase.title}`}>
            修改
          </Button>
          <Popconfirm title="删掉这条？" onConfirm={() => drop(phrase.key)}>
            <Button size="small" loading={busy} aria-label={`删掉${phrase.title}`}>
              删掉
            </Button>
          </Popconfirm>
        </Flex>
      ),
    },
  ];
  return (
    <>
      <Top onAdd={() => setOpen('new')} />
      {found.error && <Alert type="error" showIcon title={readable(found.error)} />}
      <Table<Phrase>
        size="small"
        rowKey="key"
        columns={columns}
        dataSource={(found.data ?? []).filter(({ own }) => own)}
        loading={found.isFetching}
        locale={{ emptyText: '还没有自己的常用语。常说的话存一条，在座席台打 / 加代号就能用。' }}
        pagination={false}
        scroll={{ x: 500 }}
      />
      {open && (
        <PhraseDialog
          phrase={open === 'new' ? null : open}
          save={async ({ key, title, text }) => {
            await ok(api.PUT('/api/v1/desk/phrases', { body: { key, title, text } }));
            await refresh();
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function Top({ onAdd }: { onAdd: () => void }) {
  return (
    <Flex gap={12} align="center" wrap className="tools">
      <Button type="primary" onClick={onAdd}>
        新增
      </Button>
      <Typography.Text type="secondary">在座席台的输入框里打 / 加代号，按 Enter 填入。</Typography.Text>
    </Flex>
  );
}
