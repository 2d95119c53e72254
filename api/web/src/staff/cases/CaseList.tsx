import { Alert, Button, Dropdown, Flex, Form, Input, Modal, Select, Tag } from 'antd';
import { useState } from 'react';
import { api, download, ok } from '../api/client';
import { may } from '../roles';
import { go, useQuery } from '../router';
import { useMe } from '../session';
import { useAction } from '../useAction';
import { CaseTable, type Stage } from './CaseTable';
import { ImportDialog } from './ImportDialog';
import { useLibrary } from './library';
import { emptyCase, STAGES } from './texts';

const USES = [
  { value: 'never', label: '90天没用过' },
  { value: 'disputed', label: '没解决的多' },
  { value: 'changed_law', label: '引用的法条变了' },
];
const FORMATS = { xlsx: 'Excel', csv: 'CSV', jsonl: 'JSON Lines', yml: 'YAML' };

/** The library: what there is, what is used, what needs care. */
export default function CaseList() {
  const me = useMe();
  const library = useLibrary();
  const [query, change] = useQuery();
  const [open, setOpen] = useState<'new' | 'import' | null>(null);
  const [, run] = useAction();
  const stage = (query.get('stage') ?? undefined) as Stage | undefined;
  const words = query.get('words') ?? '';
  const matter = query.get('matter') ?? '';
  const use = query.get('use') ?? '';
  const narrow = (changes: Record<string, string | null | undefined>) => change({ ...changes, page: null });
  const writes = may(me, ['curator']);
  const counts = library.data?.counts ?? {};
  const without = library.data?.without_case ?? [];
  const weak = library.data?.weak_matters ?? [];

  return (
    <>
      <Flex gap={8} wrap className="tools">
        <Input.Search
          allowClear
          placeholder="标题或编号"
          aria-label="标题或编号"
          defaultValue={words}
          onSearch={(words) => narrow({ words })}
          style={{ width: 200 }}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder="事项"
          aria-label="事项"
          value={matter || undefined}
          onChange={(matter) => narrow({ matter })}
          options={(library.data?.matters ?? []).map(({ code, name }) => ({ value: code, label: name }))}
          style={{ width: 190 }}
        />
        <Select
          allowClear
          placeholder="状态"
          aria-label="状态"
          value={stage}
          onChange={(stage) => narrow({ stage })}
          options={Object.entries(STAGES).map(([value, label]) => ({ value, label: `${label}（${counts[value] ?? 0}）` }))}
          style={{ width: 150 }}
        />
        <Select
          allowClear
          placeholder="用得怎样"
          aria-label="用得怎样"
          value={use || undefined}
          onChange={(use) => narrow({ use })}
          options={USES}
          style={{ width: 150 }}
        />
        <Flex gap={8} style={{ marginLeft: 'auto' }}>
          <Dropdown
            menu={{
              items: Object.entries(FORMATS).map(([key, label]) => ({ key, label })),
              onClick: ({ key }) => void run(() => download(`/api/v1/admin/case-exports?format=${key}`, `cases.${key}`)),
            }}
          >
            <Button>导出</Button>
          </Dropdown>
          {writes && <Button onClick={() => setOpen('import')}>导入</Button>}
          {writes && (
            <Button type="primary" onClick={() => setOpen('new')}>
              新建案例
            </Button>
          )}
        </Flex>
      </Flex>
      {(library.data?.changed_articles ?? 0) > 0 && use !== 'changed_law' && (
        <Alert
          type="warning"
          showIcon
          className="tools"
          title={`法条有变化，${library.data?.changed_articles} 个案例引用了，请核对`}
          action={
            <Button size="small" onClick={() => narrow({ use: 'changed_law' })}>
              看这些案例
            </Button>
          }
        />
      )}
      {weak.length > 0 && (
        <div className="tools">
          没有好案例的事项（90 天里说没解决的多）：
          {weak.map(({ code, name, resolved, unresolved }) => (
            <Tag key={code} color="warning" onClick={() => narrow({ matter: code })} style={{ cursor: 'pointer' }}>
              {name} {unresolved}/{resolved + unresolved}
            </Tag>
          ))}
        </div>
      )}
      {without.length > 0 && (
        <div className="tools">
          案例不足两条的事项：
          {without.map(({ code, name }) => (
            <Tag key={code} color="warning" onClick={() => narrow({ matter: code })} style={{ cursor: 'pointer' }}>
              {name}
            </Tag>
          ))}
        </div>
      )}
      <CaseTable
        filters={{ ...(words && { words }), ...(matter && { matter }), ...(stage && { stage }), ...(use && { use }) }}
        emptyText="没有符合条件的案例"
      />
      {open === 'new' && <NewCase onClose={() => setOpen(null)} />}
      {open === 'import' && <ImportDialog onClose={() => setOpen(null)} />}
    </>
  );
}

function NewCase({ onClose }: { onClose: () => void }) {
  const library = useLibrary();
  const [busy, run] = useAction();
  const begin = ({ matter, title }: { matter: string; title: string }) =>
    run(async () => {
      const made = await ok(api.POST('/api/v1/admin/cases', { body: { case: emptyCase(matter, title), confirmed: true, source: '', miss_ids: [] } }));
      go(`/cases/${made.id}`);
    });
  return (
    <Modal open title="新建案例" footer={null} onCancel={onClose}>
      <Form layout="vertical" onFinish={begin}>
        <Form.Item name="matter" label="事项" rules={[{ required: true, message: '请选事项' }]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={(library.data?.matters ?? []).map(({ code, name }) => ({ value: code, label: name }))}
          />
        </Form.Item>
        <Form.Item name="title" label="标题" rules={[{ required: true, message: '请写标题' }]}>
          <Input maxLength={60} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy} block>
          开始写
        </Button>
      </Form>
    </Modal>
  );
}
