import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Modal, Typography, Upload } from 'antd';
import { useState } from 'react';
import { api, ok, type Schemas } from '../api/client';
import { useAction } from '../useAction';

/** Compare a bodies.csv with the directory, look at the difference, then take it over. */
export function DirectoryImportDialog({ onClose }: { onClose: () => void }) {
  const cache = useQueryClient();
  const [busy, run] = useAction();
  const [csv, setCsv] = useState('');
  const [result, setResult] = useState<Schemas['DirectoryImportResult'] | null>(null);
  const send = (text: string, apply: boolean) =>
    run(async () => {
      setResult(await ok(api.POST('/api/v1/admin/directory/import', { body: { csv: text, apply } })));
      if (apply) await cache.invalidateQueries({ queryKey: ['directory'] });
    });
  const ready = result && !result.applied && result.changes.length > 0 && result.problems.length === 0;
  return (
    <Modal
      open
      width={820}
      title="导入 CSV"
      onCancel={onClose}
      footer={[
        <Button key="close" onClick={onClose}>
          关闭
        </Button>,
        <Button key="apply" type="primary" disabled={!ready} loading={busy} onClick={() => void send(csv, true)}>
          {ready ? `改这 ${result.changes.length} 条` : '改'}
        </Button>,
      ]}
    >
      <Typography.Paragraph>先导出 CSV，改好再导进来。每一行要有来源和核对日期。有一行不对，就一行也不改。</Typography.Paragraph>
      <Upload
        accept=".csv"
        showUploadList={false}
        beforeUpload={(file) => {
          void file.text().then((text) => {
            setCsv(text);
            void send(text, false);
          });
          return false;
        }}
      >
        <Button loading={busy}>选文件</Button>
      </Upload>
      {result?.applied && <Alert type="success" showIcon title={`改好了 ${result.changes.length} 条`} style={{ marginTop: 12 }} />}
      {result && result.problems.length > 0 && (
        <>
          <Typography.Title level={5}>要先改对的地方</Typography.Title>
          <ul>
            {result.problems.map(({ line, message }) => (
              <li key={`${line} ${message}`}>{`第 ${line} 行：${message}`}</li>
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
