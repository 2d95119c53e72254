import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Checkbox, Flex, Modal, Table, Tag, Upload } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { useAction } from '../useAction';
import { LABELS } from './texts';

type Result = Schemas['CaseImport'];
type Row = Schemas['CaseImportRow'];

const VERDICTS: Record<string, [string, string]> = {
  bad: ['不能用', 'error'],
  conflict: ['别人改过', 'warning'],
  new: ['新案例', 'success'],
  changed: ['有改动', 'processing'],
  unchanged: ['没有变化', 'default'],
};

/** A file of cases: first a dry run that writes nothing, then the drafts. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [result, setResult] = useState<Result | null>(null);
  const [copies, setCopies] = useState(false);
  const [busy, run] = useAction();

  const send = (dryRun: boolean, chosen: File, confirmed: boolean) =>
    run(async () => {
      const body = new FormData();
      body.append('file', chosen);
      body.append('dry_run', String(dryRun));
      body.append('confirmed', String(confirmed));
      // FormData has no type in the schema's terms: the browser writes the boundary.
      const call = api.POST('/api/v1/admin/case-imports', { body: body as never, bodySerializer: (form) => form });
      setResult(await ok(call));
      if (!dryRun) void cache.invalidateQueries();
    });
  const useful = (result?.counts.new ?? 0) + (result?.counts.changed ?? 0);

  return (
    <Modal open title="导入案例" width={920} onCancel={onClose} footer={null}>
      <Flex vertical gap={12}>
        <span>
          先试读，不写入：每一行会怎样都列出来。确认后写成草稿，要经审核才给市民看。先“导出”得到的表格可以改好再导入。
        </span>
        <Flex gap={12} align="center">
          <Upload
            accept=".xlsx,.csv,.jsonl,.yml,.yaml"
            maxCount={1}
            beforeUpload={(chosen) => {
              setFile(chosen);
              void send(true, chosen, copies);
              return false;
            }}
            onRemove={() => {
              setFile(null);
              setResult(null);
            }}
          >
            <Button loading={busy}>选文件并试读</Button>
          </Upload>
          <Checkbox
            checked={copies}
            onChange={({ target }) => {
              setCopies(target.checked);
              if (file && !result?.written) void send(true, file, target.checked);
            }}
          >
            和已有案例几乎一样的也导入
          </Checkbox>
        </Flex>
        {result && (
          <>
            <Alert
              type={result.written ? 'success' : result.counts.bad || result.counts.conflict ? 'warning' : 'info'}
              showIcon
              title={
                (result.written ? '已写成草稿：' : '试读结果（还没有写入）：') +
                Object.entries(VERDICTS)
                  .map(([verdict, [name]]) => `${name} ${result.counts[verdict] ?? 0} 行`)
                  .join('，')
              }
            />
            <Table<Row>
              size="small"
              rowKey="number"
              dataSource={result.rows}
              pagination={{ pageSize: 10 }}
              columns={[
                { title: '行', dataIndex: 'number' },
                {
                  title: '结果',
                  render: (_, { verdict }) => <Tag color={VERDICTS[verdict]?.[1] ?? 'default'}>{VERDICTS[verdict]?.[0]}</Tag>,
                },
                { title: '标题', dataIndex: 'title' },
                {
                  title: '说明',
                  render: (_, { faults, changed }) =>
                    faults.map(({ field, text }) => `${LABELS[field] ?? ''} ${text}`.trim()).join('；') || changed.join('、'),
                },
              ]}
            />
            {!result.written && useful > 0 && file && (
              <Button type="primary" loading={busy} onClick={() => send(false, file, copies)}>
                写入 {useful} 条草稿
              </Button>
            )}
          </>
        )}
      </Flex>
    </Modal>
  );
}
