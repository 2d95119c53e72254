import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Card, Checkbox, Flex, Input, Modal, Popconfirm, Space, Tabs, Typography } from 'antd';
import { useEffect, useState } from 'react';
import { api, ok, problemOf, readable, type Schemas } from '../api/client';
import { may } from '../roles';
import { Link, useParam } from '../router';
import { useMe } from '../session';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';
import { CaseEditor } from './CaseEditor';
import { CaseState } from './CaseTable';
import { CheckPanel } from './CheckPanel';
import { Compare } from './Compare';
import { History } from './History';
import { ProofPanel, useProof } from './ProofPanel';
import { fieldsOf, written, type Case } from './texts';
import './cases.css';

const CHECK_AFTER_MS = 700;
type Conflict = Schemas['CaseConflict'];
type NearCopy = Schemas['NearCopy'];

/** One case: write, hand in, review, publish. */
export default function CasePage() {
  const id = useParam('id');
  const found = useServerState({
    queryKey: ['case', id],
    queryFn: () => ok(api.GET('/api/v1/admin/cases/{case_id}', { params: { path: { case_id: id } } })),
  });
  if (found.error) return <Alert type="error" showIcon title={readable(found.error)} />;
  if (!found.data) return <Card loading />;
  return <Loaded key={id} record={found.data} />;
}

/** Articles that changed since somebody last looked at the case; publishing it or confirming it takes them off. */
function ChangedArticles({ articles }: { articles: Case['changed_articles'] }) {
  return (
    <Alert
      type="warning"
      showIcon
      title={`引用的法条有变化，请核对：${articles.map(({ article }) => article).join('、')}`}
      description={
        <table className="compare">
          <thead>
            <tr>
              <th scope="col">法条</th>
              <th scope="col">原来</th>
              <th scope="col">现在</th>
            </tr>
          </thead>
          <tbody>
            {articles.map(({ article, change, before, now }) => (
              <tr key={article}>
                <th scope="row">{article}</th>
                <td>{before || '（没有记下原文）'}</td>
                <td className="differs">{change === 'gone' ? '没有效力了，或者没有这一条了' : now}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    />
  );
}

function Loaded({ record }: { record: Case }) {
  const me = useMe();
  const cache = useQueryClient();
  const { modal } = App.useApp();
  const [busy, run] = useAction();
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const draft = useDraft(`case.${record.id}`, written(record.draft ?? record.live!), String(record.revision));
  const writes = may(me, ['curator']);
  const changed = JSON.stringify(draft.value) !== JSON.stringify(written(record.draft ?? record.live!));
  const check = useCheck(record.id, draft.value);
  const path = { params: { path: { case_id: record.id } } };

  const show = (after: Case) => {
    cache.setQueryData(['case', record.id], after);
    void cache.invalidateQueries({ queryKey: ['cases'] });
    void cache.invalidateQueries({ queryKey: ['library'] });
    draft.done(written(after.draft ?? after.live!));
  };
  const save = async (revision: number): Promise<Case | null> => {
    const { data, error, response } = await api.PUT('/api/v1/admin/cases/{case_id}', {
      ...path,
      body: { revision, case: fieldsOf(draft.value) },
    });
    if (response.status === 409) {
      setConflict(error as Conflict);
      return null;
    }
    if (!data) throw problemOf(response.status, error);
    show(data);
    return data;
  };
  const submit = async (confirmed: boolean) => {
    const saved = changed ? await save(record.revision) : record;
    if (!saved) return;
    const { data, error, response } = await api.POST('/api/v1/admin/cases/{case_id}/submit', {
      ...path,
      body: { revision: saved.revision, reason: '', confirmed },
    });
    if (data) return show(data);
    const problem = problemOf(response.status, error);
    if (problem.type !== 'urn:yibotong:near-copy') throw problem;
    modal.confirm({
      title: '已经有几乎一样的案例',
      content: (error as NearCopy).neighbours.filter(({ near_copy }) => near_copy).map(({ title }) => title).join('、'),
      okText: '确实不同，照样提交',
      cancelText: '回去看看',
      onOk: () => void run(() => submit(true), '已提交审核'),
    });
  };
  const restore = (version: number) =>
    void run(
      async () =>
        show(await ok(api.POST('/api/v1/admin/cases/{case_id}/restore', { ...path, body: { revision: record.revision, reason: '', version } }))),
      '已放回草稿',
    );
  const discard = () =>
    void run(
      async () =>
        show(await ok(api.POST('/api/v1/admin/cases/{case_id}/discard', { ...path, body: { revision: record.revision, reason: '' } }))),
      '已放弃修改',
    );

  return (
    <>
      <Flex gap={8} align="center" wrap className="tools">
        <Typography.Text strong>{record.title || '（没有标题）'}</Typography.Text>
        <CaseState row={record} />
        <Typography.Text type="secondary">{record.id}</Typography.Text>
        <Space style={{ marginLeft: 'auto' }}>
          {writes && record.live && record.draft && (
            <Popconfirm title="放弃这次修改？文字还留在历史里。" onConfirm={discard}>
              <Button>放弃修改</Button>
            </Popconfirm>
          )}
          {writes && (
            <Button loading={busy} disabled={!changed} onClick={() => run(() => save(record.revision))}>
              保存草稿
            </Button>
          )}
          {writes && record.draft_state !== 'in_review' && (
            <Button type="primary" loading={busy} disabled={!record.draft && !changed} onClick={() => run(() => submit(false))}>
              提交审核
            </Button>
          )}
        </Space>
      </Flex>
      {draft.restored && (
        <Alert
          type={draft.outdated ? 'warning' : 'info'}
          showIcon
          closable
          title={
            draft.outdated ? '这是上次没保存的文字；之后别人改过这个案例，保存时会让您对照。' : '这是上次没保存的文字，已经放回来了。'
          }
          action={
            <Button size="small" onClick={() => draft.done(written(record.draft ?? record.live!))}>
              不要了，用现在的
            </Button>
          }
        />
      )}
      {record.changed_articles.length > 0 && <ChangedArticles articles={record.changed_articles} />}
      {may(me, ['reviewer']) && <Review record={record} onDone={show} />}
      <Tabs
        defaultActiveKey={record.draft_state === 'in_review' && may(me, ['reviewer']) ? 'proof' : 'text'}
        items={[
          {
            key: 'text',
            label: '内容',
            children: (
              <div className="case-page">
                <Card size="small">
                  <CaseEditor value={draft.value} onChange={draft.change} faults={check?.faults ?? []} />
                </Card>
                <CheckPanel check={check} />
              </div>
            ),
          },
          {
            key: 'proof',
            label: '改了什么、会改变什么',
            children: (
              <Flex vertical gap={16}>
                {record.draft && (
                  <Compare
                    onlyChanges={record.live !== null}
                    sides={[...(record.live ? [{ title: '市民看到的', fields: record.live }] : []), { title: '草稿', fields: record.draft }]}
                  />
                )}
                {record.draft ? <ProofPanel id={record.id} revision={record.revision} /> : '没有草稿。'}
              </Flex>
            ),
          },
          { key: 'history', label: '历史', children: <History record={record} mayWrite={writes} onRestore={restore} /> },
        ]}
      />
      {conflict && (
        <Modal
          open
          width={1100}
          title="别人刚改过这个案例。您写的没有丢"
          onCancel={() => setConflict(null)}
          okText="用我写的保存（对方的留在历史里）"
          cancelText="先不保存，回去合并"
          onOk={() =>
            run(async () => {
              const revision = conflict.current_revision;
              setConflict(null);
              await save(revision);
            })
          }
        >
          <Compare
            sides={[
              { title: '您打开时', fields: conflict.base ?? null },
              { title: '对方改成', fields: conflict.current },
              { title: '您写的', fields: conflict.yours ?? null },
            ]}
          />
        </Modal>
      )}
    </>
  );
}

function useCheck(id: string, value: ReturnType<typeof written>): Schemas['CaseCheck'] | undefined {
  const [asked, ask] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => ask(value), CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [value]);
  const check = useServerState({
    queryKey: ['case-check', id, asked],
    queryFn: async ({ signal }): Promise<Schemas['CaseCheck']> => {
      const { data, error, response } = await api.POST('/api/v1/admin/case-checks', {
        body: { id, case: fieldsOf(asked) },
        signal,
      });
      if (data) return data;
      const problem = problemOf(response.status, error);
      // A statute that cannot be read is a fault like others.
      const faults = problem.fields.map(({ field, message }) => ({ field, text: message }));
      return { faults: faults.length ? faults : [{ field: '', text: readable(problem) }], citations: [], personal: [], neighbours: [] };
    },
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  return check.data;
}

/** What only a reviewer does: publish, give back, retire, confirm. */
function Review({ record, onDone }: { record: Case; onDone: (after: Case) => void }) {
  const waiting = record.draft_state === 'in_review';
  const proof = useProof(record.id, record.revision, waiting).data;
  const [busy, run] = useAction();
  const [reason, setReason] = useState('');
  const [examined, setExamined] = useState(false);
  const path = { params: { path: { case_id: record.id } } };
  const body = { revision: record.revision, reason };
  const done = async (call: Promise<Case>) => {
    onDone(await call);
    setReason('');
  };
  const inUse = record.live !== null && record.status !== 'retired';
  if (!waiting && !inUse) return null;
  const worse = proof?.figures?.worse ?? 0;
  return (
    <Card size="small" title={waiting ? '审核' : '复核'} style={{ marginBottom: 8 }}>
      <Flex gap={8} align="center" wrap>
        <Input
          aria-label="理由"
          placeholder={waiting ? (worse ? '会答得更差的，写明为什么仍要发布' : '退回的原因') : '下架的原因'}
          value={reason}
          maxLength={500}
          onChange={({ target }) => setReason(target.value)}
          style={{ flex: '1 1 260px' }}
        />
        {waiting && record.status === 'sample' && (
          <Checkbox checked={examined} onChange={({ target }) => setExamined(target.checked)}>
            已经本机关审核，去掉“示例”标记
          </Checkbox>
        )}
        {waiting && (
          <>
            <Button
              loading={busy}
              onClick={() => run(() => done(ok(api.POST('/api/v1/admin/cases/{case_id}/return', { ...path, body }))), '已退回')}
            >
              退回修改
            </Button>
            <Button
              type="primary"
              loading={busy}
              disabled={record.mine || proof?.state !== 'done'}
              onClick={() =>
                run(
                  () =>
                    done(
                      ok(api.POST('/api/v1/admin/cases/{case_id}/publish', { ...path, body: { ...body, still_sample: !examined } })),
                    ),
                  '已发布，几秒后市民就能看到',
                )
              }
            >
              发布
            </Button>
          </>
        )}
        {!waiting && inUse && (
          <>
            <Button
              loading={busy}
              onClick={() =>
                run(
                  () => done(ok(api.POST('/api/v1/admin/cases/{case_id}/keep', { ...path, body: { ...body, review_on: nextYear() } }))),
                  '已确认，一年后再看',
                )
              }
            >
              看过了，继续有效
            </Button>
            <Popconfirm
              title="下架后市民看不到它。"
              onConfirm={() => run(() => done(ok(api.POST('/api/v1/admin/cases/{case_id}/retire', { ...path, body }))), '已下架')}
            >
              <Button danger loading={busy}>
                下架
              </Button>
            </Popconfirm>
          </>
        )}
      </Flex>
      {record.mine && waiting && <Typography.Text type="secondary">自己写的案例要由别人审核发布。</Typography.Text>}
      {waiting && !record.mine && proof?.state === 'running' && (
        <Typography.Text type="secondary">
          正在核对会改变什么（{proof.done}/{proof.total}），完成后才能发布。<Link to={`/cases/${record.id}`}>看进度</Link>
        </Typography.Text>
      )}
    </Card>
  );
}

function nextYear(): string {
  const day = new Date();
  day.setFullYear(day.getFullYear() + 1);
  return day.toISOString().slice(0, 10);
}
