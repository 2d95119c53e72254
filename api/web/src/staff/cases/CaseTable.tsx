import { Space, Tag, Typography, type TableColumnsType } from 'antd';
import { api, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { minute } from '../moments';
import { Link } from '../router';
import { STAGES } from './texts';

export type CaseRow = Schemas['CaseRow'];
export type Stage = 'draft' | 'in_review' | 'published' | 'sample' | 'retired' | 'expired' | 'to_review';

export interface CaseFilters {
  words?: string;
  matter?: string;
  stage?: Stage;
  use?: string;
}

const COLUMNS: TableColumnsType<CaseRow> = [
  {
    title: '案例',
    render: (_, row) => (
      <>
        <Link to={`/cases/${row.id}`}>{row.title || '（没有标题）'}</Link>
        <Typography.Text type="secondary" style={{ display: 'block', fontSize: 12 }}>
          {row.id}
        </Typography.Text>
      </>
    ),
  },
  { title: '事项', dataIndex: 'matter_name' },
  { title: '状态', render: (_, row) => <CaseState row={row} /> },
  { title: '版本', dataIndex: 'version', align: 'right', render: (version: number) => version || '—' },
  { title: '90天用过', dataIndex: 'shown', align: 'right' },
  { title: '解决率', align: 'right', render: (_, { resolved, unresolved }) => share(resolved, resolved + unresolved) },
  { title: '座席改过', dataIndex: 'edited', align: 'right', render: (edited: number) => edited || '—' },
  { title: '最近用到', dataIndex: 'last_used', render: (at: string | null) => minute(at) || '没用过' },
  { title: '最后改动', dataIndex: 'changed_at', render: minute },
];

export function CaseState({ row }: { row: Pick<CaseRow, 'status' | 'draft_state' | 'version'> }) {
  return (
    <Space size={4}>
      {row.version > 0 && <Tag color={row.status === 'retired' ? 'default' : 'success'}>{STAGES[row.status]}</Tag>}
      {row.draft_state && (
        <Tag color={row.draft_state === 'in_review' ? 'processing' : 'warning'}>
          {row.version > 0 ? '修改' : ''}
          {STAGES[row.draft_state]}
        </Tag>
      )}
    </Space>
  );
}

function share(part: number, whole: number): string {
  return whole ? `${Math.round((100 * part) / whole)}%（${whole}）` : '—';
}

/** Cases narrowed by `filters`. */
export function CaseTable({ filters, emptyText }: { filters: CaseFilters; emptyText: string }) {
  return (
    <DataTable<CaseRow>
      name="cases"
      rowKey="id"
      columns={COLUMNS}
      filters={{ ...filters }}
      load={(page) => ok(api.GET('/api/v1/admin/cases', { params: { query: { ...filters, ...page } } }))}
      emptyText={emptyText}
    />
  );
}
