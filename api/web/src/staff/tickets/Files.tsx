import { useQueryClient } from '@tanstack/react-query';
import { DownloadOutlined, UploadOutlined } from '@ant-design/icons';
import { Button, Card, Flex, Image, Radio, Typography, Upload, type UploadProps } from 'antd';
import { useState } from 'react';
import { FileError, prepared, sendFile, sizeText } from '../../files/files';
import { download } from '../api/client';
import { minute } from '../moments';
import { useMe } from '../session';
import { useAction } from '../useAction';
import type { Detail } from './actions';

type Audience = 'citizen' | 'body' | 'agents';
const FOR: Record<string, string> = { citizen: '市民、单位、座席', body: '单位、座席', agents: '只有座席', internal: '只有督办' };

/** A ticket's photos and files: to look at, to save, to add, each with who may see it. */
export function Files({ ticket }: { ticket: Detail }) {
  const me = useMe();
  const cache = useQueryClient();
  const [audience, setAudience] = useState<Audience>('citizen');
  const [busy, run] = useAction();
  const limits = ticket.file_limits;
  const desk = me.roles.includes('agent') || me.roles.includes('supervisor');
  if (ticket.files.length === 0 && !limits) return null;
  const address = `/api/v1/desk/tickets/${ticket.number}/files`;

  const send: UploadProps['customRequest'] = ({ file, onProgress, onSuccess, onError }) => {
    if (!(file instanceof File) || !limits) return;
    const sending = prepared(file, limits).then((content) =>
      sendFile<Detail>({
        address,
        headers: {},
        key: crypto.randomUUID(),
        name: file.name,
        content,
        extra: { visible_to: audience },
        onProgress: (part) => onProgress?.({ percent: part * 100 }),
      }),
    );
    sending.then(
      (after) => {
        cache.setQueryData(['ticket', ticket.number], after);
        onSuccess?.(after);
      },
      (error: unknown) => onError?.(error instanceof FileError ? error : new Error('没传上去，请再试一次。')),
    );
  };

  return (
    <Card size="small" title={`照片和文件（${ticket.files.length}）`}>
      <Flex vertical gap={8}>
        {ticket.files.map((file) => (
          <Flex key={file.id} gap={8} align="center">
            {file.media_type.startsWith('image/') && (
              <Image src={`${address}/${file.id}`} alt={file.name} width={56} height={56} style={{ objectFit: 'cover' }} loading="lazy" />
            )}
            <div style={{ flex: 1, minWidth: 0 }}>
              <Typography.Text ellipsis={{ tooltip: file.name }}>{file.name}</Typography.Text>
              <br />
              <Typography.Text type="secondary">
                {sizeText(file.size)}，{file.by || '市民'} {minute(file.at)}，看得到：{FOR[file.visible_to]}
              </Typography.Text>
            </div>
            <Button icon={<DownloadOutlined />} aria-label={`下载 ${file.name}`} loading={busy} onClick={() => run(() => download(`${address}/${file.id}`, file.name))} />
          </Flex>
        ))}
        {limits && (
          <>
            <Radio.Group
              value={audience}
              onChange={(event) => setAudience(event.target.value as Audience)}
              options={[
                { value: 'citizen', label: '市民也看得到' },
                { value: 'body', label: desk ? '座席和承办单位' : '本单位和座席' },
                ...(desk ? [{ value: 'agents', label: '只有座席' }] : []),
              ]}
            />
            <Upload multiple accept={limits.accept} customRequest={send} itemRender={(node, file) => (file.status === 'done' ? null : <>{node}{file.error && <Typography.Text type="danger">{(file.error as Error).message}</Typography.Text>}</>)}>
              <Button icon={<UploadOutlined />}>加文件</Button>
            </Upload>
            <Typography.Text type="secondary">{limits.text}</Typography.Text>
          </>
        )}
      </Flex>
    </Card>
  );
}
