import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Flex, Input, Modal, Typography, Upload } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { useAction } from '../useAction';

/** Compare a bodies.csv or HSDS with the directory, look at the difference, then take it over. */
export function DirectoryImportDialog({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const [file, setFile] = useState<File | null>(null);
  const [source, setSource] = useState('');
  const [result, setResult] = useState<Schemas['DirectoryImportResult'] | null>(null);
  const isCsv = file?.name.toLowerCase().endsWith('.csv') ?? true;
  const call = async (chosen: File, apply: boolean) => {
    if (chosen.name.toLowerCase().endsWith('.csv')) {
      return ok(api.POST('/api/v1/admin/directory/import', { body: { csv: await chosen.text(), apply } }));
    }
    const body = new FormData();
    body.append('file', chosen);
    body.append('apply', String(apply));
    body.append('source', source);
    // FormData has no type in the schema's terms: the browser writes the boundary.
    return ok(api.POST('/api/v1/admin/directory/import-hsds', { body: body as never, bodySerializer: (form) => form }));
  };
  const send = (chosen: File, apply: boolean) =>
    run(async () => {
      setResult(null);
      setResult(await call(chosen, apply));
      if (apply) await cache.invalidateQueries({ queryKey: ['directory'] });
    });
  const ready = result && !result.applied && result.changes.length > 0 && result.problems.length === 0;
  return (
    <Modal
      open
      width={820}
      title="导入信息库"
      onCancel={onClose}
      footer={[
        <Button key="close" onClick={onClose}>
          关闭
        </Button>,
        <Button key="apply" type="primary" disabled={!ready} loading={busy} onClick={() => file && void send(file, true)}>
          {ready ? `改这 ${result.changes.length} 条` : '改'}
        </Button>,
      ]}
    >
      <Typography.Paragraph>
        CSV：先导出，改好再导进来。也可以导入 HSDS 3.0（json、ndjson 或 zip，就是 /hsds/ 公开的那种）。每一行都要有来源和核对日期。有一行不对，就一行也不改。
      </Typography.Paragraph>
      <Flex gap={12} align="center">
        <Upload
          accept=".csv,.json,.ndjson,.jsonl,.zip"
          showUploadList={false}
          beforeUpload={(chosen) => {
            setFile(chosen);
            void send(chosen, false);
            return false;
          }}
        >
          <Button loading={busy}>选文件，先看不同</Button>
        </Upload>
        {file && <span>{file.name}</span>}
        <Input
          aria-label="HSDS 里没写来源的，来源写成"
          placeholder="HSDS 里没写来源的，来源写成…"
          value={source}
          maxLength={300}
          onChange={(event) => setSource(event.target.value)}
          style={{ width: 300 }}
        />
        {file && !isCsv && (
          <Button loading={busy} onClick={() => void send(file, false)}>
            再看一遍
          </Button>
        )}
      </Flex>
      {result?.applied && <Alert type="success" showIcon title={`改好了 ${result.changes.length} 条`} style={{ marginTop: 12 }} />}
      {result && result.problems.length > 0 && (
        <>
          <Typography.Title level={5}>要先改对的地方</Typography.Title>
          <ul style={{ maxHeight: 320, overflow: 'auto' }}>
            {result.problems.map(({ line, message }) => (
              <li key={`${line} ${message}`}>{`第 ${line} ${isCsv ? '行' : '条'}：${message}`}</li>
            ))}
          </ul>
        </>
      )}
      {result && result.problems.length === 0 && (
        <>
          <Typography.Paragraph style={{ marginTop: 12 }}>
            {result.changes.length === 0 ? '跟现在的信息库没有不同。' : `有 ${result.changes.length} 条不同：`}
          </Typography.Paragraph>
          <ul style={{ maxHeight: 320, overflow: 'auto' }}>
            {result.changes.map(({ name, id, facts, new: isNew }) => (
              <li key={id}>
                {`${isNew ? '新增 ' : ''}${name}（${id}）：${facts.map(({ label, value }) => `${label} → ${value || '不知道'}`).join('；')}`}
              </li>
            ))}
          </ul>
        </>
      )}
    </Modal>
  );
}
