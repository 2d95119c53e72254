import { useQuery as useServerState } from '@tanstack/react-query';
import { Button, Flex, Input, Segmented, Select, Tag, Typography, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { api, download, ok, type Schemas } from '../api/client';
import { DataTable } from '../DataTable';
import { useQuery } from '../router';
import { may } from '../roles';
import { useMe } from '../session';
import { useAction } from '../useAction';
import { AreaMap } from './AreaMap';
import { EntryDrawer } from './EntryDrawer';
import { DirectoryImportDialog } from './DirectoryImportDialog';
import { GAPS, stateColor, STATES } from './texts';

type Row = Schemas['DirectoryRow'];
type Check = '' | 'stale' | 'unknown' | 'unconfirmed';

/** Everybody who takes matters: by district, street and kind, with how old and how sure each entry is. */
export default function DirectoryList() {
  const [query, change] = useQuery();
  const [busy, run] = useAction();
  const [importing, setImporting] = useState(false);
  const writes = may(useMe(), ['curator']);
  const asMap = query.get('view') === 'map';
  const summary = useServerState({
    queryKey: ['directory', 'summary'],
    queryFn: () => ok(api.GET('/api/v1/admin/directory/summary')),
  });
  const { types = [], areas = [], streets = [], entries = 0, confirmed = 0, stale = 0, unknown = {} } = summary.data ?? {};
  const filters = Object.fromEntries(
    ['words', 'area', 'street', 'type', 'check'].map((name) => [name, query.get(name) ?? '']),
  ) as { words: string; area: string; street: string; type: string; check: Check };

  const columns: TableColumnsType<Row> = [
    {
      title: '名称',
      dataIndex: 'name',
      width: 260,
      render: (name: string, row) => (
        <Button type="link" className="inline" onClick={() => change({ entry: row.id })}>
          {name}
        </Button>
      ),
    },
    { title: '类型', dataIndex: 'type_name', width: 150 },
    { title: '区', dataIndex: 'area', width: 96 },
    { title: '街道', dataIndex: 'street', width: 110 },
    { title: '电话', dataIndex: 'phone', width: 130 },
    {
      title: '状态',
      dataIndex: 'state',
      width: 84,
      render: (state: string) => <Tag color={stateColor(state)}>{STATES[state]}</Tag>,
    },
    {
      title: '核对于',
      dataIndex: 'checked_on',
      width: 150,
      render: (day: string, row) =>
        row.stale ? <Typography.Text type="danger">{`${day}（${row.age_days} 天前）`}</Typography.Text> : day,
    },
    {
      title: '还不知道',
      dataIndex: 'unknown',
      width: 130,
      render: (names: string[]) => names.map((name) => GAPS[name]).join('、'),
    },
    { title: '来源', dataIndex: 'source', ellipsis: true },
  ];

  return (
    <>
      <Flex gap={8} wrap className="tools" align="center">
        <Input.Search
          allowClear
          placeholder="名称或编号"
          aria-label="名称或编号"
          defaultValue={filters.words}
          onSearch={(words) => change({ words, page: null })}
          style={{ width: 180 }}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder="区"
          aria-label="区"
          value={filters.area || null}
          onChange={(area) => change({ area, street: null, page: null })}
          options={areas.map(({ name }) => ({ value: name, label: name }))}
          style={{ width: 130 }}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder="街道"
          aria-label="街道"
          value={filters.street || null}
          onChange={(street) => change({ street, page: null })}
          options={streets
            .filter(({ area }) => !filters.area || area === filters.area)
            .map(({ code, name, area }) => ({ value: code, label: filters.area ? name : `${name}（${area}）` }))}
          style={{ width: 190 }}
        />
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder="类型"
          aria-label="类型"
          value={filters.type || null}
          onChange={(type) => change({ type, page: null })}
          options={types.map(({ code, name }) => ({ value: code, label: name }))}
          style={{ width: 200 }}
        />
        <Segmented<Check>
          value={filters.check}
          onChange={(check) => change({ check, page: null })}
          options={[
            { value: '', label: '全部' },
            { value: 'stale', label: `超过 180 天（${stale}）` },
            { value: 'unknown', label: '有空缺' },
            { value: 'unconfirmed', label: '未核实' },
          ]}
        />
        <Segmented
          aria-label="列表或各区"
          value={asMap ? 'map' : 'list'}
          onChange={(view) => change({ view: view === 'map' ? 'map' : null })}
          options={[
            { value: 'list', label: '列表' },
            { value: 'map', label: '各区图' },
          ]}
        />
        <Flex gap={8} style={{ marginLeft: 'auto' }}>
          {writes && <Button onClick={() => setImporting(true)}>导入</Button>}
          <Button loading={busy} onClick={() => void run(() => download('/api/v1/admin/directory/export', 'bodies.csv'))}>
            导出 CSV
          </Button>
          <Button loading={busy} onClick={() => void run(() => download('/hsds/services?format=ndjson&full=true', 'hsds.ndjson'))}>
            导出 HSDS
          </Button>
        </Flex>
      </Flex>
      <Typography.Paragraph type="secondary">
        {`共 ${entries} 条在用，已核实 ${confirmed} 条；没有地址 ${unknown.address ?? 0}，没有电话 ${unknown.phone ?? 0}，没有时间 ${unknown.hours ?? 0}。不知道的就空着，不要填猜的。`}
      </Typography.Paragraph>
      {asMap && (
        <AreaMap areas={areas} chosen={filters.area} choose={(area) => change({ area, street: null, page: null })} />
      )}
      <DataTable<Row>
        name="directory"
        rowKey="id"
        columns={columns}
        filters={filters}
        load={(page) => ok(api.GET('/api/v1/admin/directory', { params: { query: { ...filters, ...page } } }))}
        emptyText={filters.check === 'stale' ? '没有超过 180 天没核对的' : '没有符合条件的'}
      />
      <EntryDrawer key={query.get('entry')} id={query.get('entry')} writes={writes} onClose={() => change({ entry: null })} />
      {importing && <DirectoryImportDialog onClose={() => setImporting(false)} />}
    </>
  );
}
