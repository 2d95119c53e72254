import { Table, Tag, Typography, type TableColumnsType } from 'antd';
import type { Schemas } from '../api/client';
import { Link } from '../router';
import { namesOf, useLibrary } from './library';
import { OUTCOMES } from './texts';

export type Hit = Schemas['HitView'];
type Found = Schemas['FoundView'];

export const CHANGES: Record<string, [string, string]> = {
  worse: ['变差', 'error'],
  better: ['变好', 'success'],
  changed: ['变了', 'warning'],
  same: ['没变', 'default'],
  new: ['第一次', 'default'],
};
const SOURCES: Record<string, string> = { gold: '标准题', held_out: '留出题', case: '案例问法', recent: '市民最近问的' };

function Came({ found, names }: { found: Found | null; names: Record<string, string> }) {
  if (!found) return <>—</>;
  return (
    <>
      <div>{found.answer ? <Link to={`/cases/${found.answer}`}>{found.answer}</Link> : '没有合适的案例'}</div>
      <Typography.Text type="secondary">
        {names[found.matter] ?? found.matter} · {OUTCOMES[found.outcome] ?? found.outcome} · {names[found.body_type] ?? found.body_type}
      </Typography.Text>
    </>
  );
}

export function useHitColumns(): TableColumnsType<Hit> {
  const library = useLibrary();
  const names = { ...namesOf(library.data?.matters), ...namesOf(library.data?.body_types) };
  return [
    {
      title: '问题',
      width: 300,
      render: (_, { text, source }) => (
        <>
          {text} {source && <Tag>{SOURCES[source] ?? source}</Tag>}
        </>
      ),
    },
    { title: '变化', render: (_, { change }) => <Tag color={CHANGES[change]?.[1] ?? 'default'}>{CHANGES[change]?.[0]}</Tag> },
    { title: '之前', render: (_, { before }) => <Came found={before} names={names} /> },
    { title: '现在', render: (_, { after }) => <Came found={after} names={names} /> },
    {
      title: '应当是',
      render: (_, { wanted_matter, wanted_cases, wanted_bodies, right }) => (
        <>
          {right !== null && <Tag color={right ? 'success' : 'error'}>{right ? '对' : '不对'}</Tag>}
          {[...wanted_cases, names[wanted_matter] ?? wanted_matter, ...wanted_bodies.map((code) => names[code] ?? code)]
            .filter(Boolean)
            .join('、')}
        </>
      ),
    },
  ];
}

/** Questions with what came of them, before and now. */
export function HitTable({ hits }: { hits: readonly Hit[] }) {
  const columns = useHitColumns();
  return <Table<Hit> size="small" rowKey="number" dataSource={[...hits]} columns={columns} pagination={{ pageSize: 10 }} />;
}
