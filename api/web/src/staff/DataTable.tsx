import { keepPreviousData, useQuery as useServerState } from '@tanstack/react-query';
import { Alert, Button, Table, type TableProps } from 'antd';
import { readable } from './api/client';
import { useQuery } from './router';

export const PAGE_SIZE = 50;

export interface Rows<Row> {
  items: Row[];
  total: number;
}

interface Props<Row> extends Omit<TableProps<Row>, 'dataSource' | 'loading' | 'pagination' | 'onChange'> {
  /** Names the rows in the cache: `queryClient.invalidateQueries({ queryKey: [name] })` reads them anew. */
  name: string;
  /** What the rows are narrowed by; another value reads them anew. Kept in the address by the page (`useQuery`). */
  filters?: Readonly<Record<string, unknown>>;
  /** One page from the server; `page` counts from 1. */
  load: (page: { page: number; size: number }) => Promise<Rows<Row>>;
  emptyText?: string;
  /** Reads anew every so many milliseconds. */
  refreshMs?: number;
}

/** A table whose pages come from the server; the page's number is part of the address. */
export function DataTable<Row extends object>({ name, filters = {}, load, emptyText, refreshMs, ...table }: Props<Row>) {
  const [query, change] = useQuery();
  const page = Math.max(1, Number(query.get('page')) || 1);
  const size = Math.min(200, Number(query.get('size')) || PAGE_SIZE);
  const rows = useServerState({
    queryKey: [name, filters, page, size],
    queryFn: () => load({ page, size }),
    placeholderData: keepPreviousData,
    ...(refreshMs ? { refetchInterval: refreshMs } : {}),
  });
  return (
    <>
      {rows.error && (
        <Alert
          type="error"
          showIcon
          title={readable(rows.error)}
          action={<Button onClick={() => void rows.refetch()}>再试一次</Button>}
          style={{ marginBottom: 8 }}
        />
      )}
      <Table<Row>
        size="small"
        scroll={{ x: 'max-content' }}
        {...table}
        dataSource={rows.data?.items ?? []}
        loading={rows.isFetching && !refreshMs}
        locale={{ emptyText: rows.isFetching ? '正在读取' : (emptyText ?? '没有符合条件的记录') }}
        pagination={{
          current: page,
          pageSize: size,
          total: rows.data?.total ?? 0,
          showSizeChanger: true,
          pageSizeOptions: [20, 50, 100, 200],
          showTotal: (total) => `共 ${total} 条`,
          onChange: (next, nextSize) =>
            change({ page: next > 1 && nextSize === size ? next : null, size: nextSize === PAGE_SIZE ? null : nextSize }),
        }}
      />
    </>
  );
}
