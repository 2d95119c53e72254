import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Flex, Input, Select, Skeleton, Tag, Typography } from 'antd';
import { useEffect, useState } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { useQuery } from '../router';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';
import { DraftBar } from './DraftBar';
import { RulesProofView } from './RulesProofView';

type Faults = Schemas['RuleFault'][];
const CHECK_AFTER_MS = 600;

/** The files as they are in use, changed as text; checked as one writes, proved before they can be kept. */
export function RuleEditor() {
  const files = useServerState({
    queryKey: ['rules', 'files'],
    queryFn: () => ok(api.GET('/api/v1/admin/rules/files')),
    refetchOnWindowFocus: false,
  });
  if (files.error) return <Alert type="error" showIcon title={readable(files.error)} />;
  if (!files.data) return <Skeleton active />;
  return <Editor files={Object.fromEntries(files.data.map(({ name, text }) => [name, text]))} />;
}

function Editor({ files }: { files: Record<string, string> }) {
  const cache = useQueryClient();
  const [query, change] = useQuery();
  const [busy, run] = useAction();
  const draft = useDraft<Record<string, string>>('rules', {});
  const [faults, setFaults] = useState<Faults>([]);
  const [proof, setProof] = useState<Schemas['RulesProof'] | null>(null);
  const names = Object.keys(files);
  const name = names.find((known) => known === query.get('file')) ?? names[0] ?? '';
  const changed = Object.fromEntries(Object.entries(draft.value).filter(([file, text]) => text !== files[file]));
  const some = Object.keys(changed).length > 0;
  const state = JSON.stringify(changed);

  useEffect(() => {
    setProof(null);
    if (!some) {
      setFaults([]);
      return undefined;
    }
    const timer = setTimeout(() => {
      void ok(api.POST('/api/v1/admin/rules/check', { body: { files: JSON.parse(state) as Record<string, string> } }))
        .then(setFaults)
        .catch((error: unknown) => setFaults([{ file: '', line: 0, message: readable(error) }]));
    }, CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [state, some]);

  const prove = () => run(async () => setProof(await ok(api.POST('/api/v1/admin/rules/prove', { body: { files: changed } }))));
  const keep = (title: string) =>
    run(async () => {
      await ok(api.POST('/api/v1/admin/rules/drafts', { body: { files: changed, title } }));
      draft.done({});
      await cache.invalidateQueries({ queryKey: ['rules'] });
      change({ tab: 'versions' });
    }, '存成一版了，请审核员发布');

  return (
    <>
      <DraftBar
        some={some}
        provable={some && faults.length === 0}
        proved={proof !== null}
        busy={busy}
        onProve={() => void prove()}
        onKeep={(title) => void keep(title)}
        onGiveUp={() => draft.done({})}
        before={
          <Select
            aria-label="文件"
            value={name}
            onChange={(file) => change({ file })}
            options={names.map((value) => ({ value, label: value in changed ? `${value}（改过）` : value }))}
            style={{ width: 260 }}
          />
        }
      >
        {some && faults.length === 0 && <Tag color="success">检查通过</Tag>}
        {draft.restored && <Tag>上次没存的还在</Tag>}
      </DraftBar>
      <Flex gap={12} align="start">
        <Input.TextArea
          aria-label={`${name} 的内容`}
          value={draft.value[name] ?? files[name] ?? ''}
          onChange={(event) => draft.change({ ...draft.value, [name]: event.target.value })}
          spellCheck={false}
          style={{ fontFamily: 'monospace', fontSize: 13, lineHeight: 1.5, height: 'calc(100vh - 260px)', flex: 3 }}
        />
        <div style={{ flex: 2, maxHeight: 'calc(100vh - 260px)', overflow: 'auto' }}>
          {faults.map(({ file, line, message }) => (
            <Alert
              key={`${file}${line}${message}`}
              type="error"
              title={file ? `${file} 第 ${line} 行` : '没有检查成'}
              description={message}
              style={{ marginBottom: 8 }}
            />
          ))}
          {proof && <RulesProofView proof={proof} />}
          {!proof && faults.length === 0 && (
            <Typography.Paragraph type="secondary">
              左边改文字，停下来就检查。检查通过再试跑：先跑标准问题，再跑留出的问题和最近的对话，看谁会换地方。
            </Typography.Paragraph>
          )}
        </div>
      </Flex>
    </>
  );
}
