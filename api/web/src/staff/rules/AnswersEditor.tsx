import { useQuery as useServerState, useQueryClient } from '@tanstack/react-query';
import { Alert, Flex, Input, InputNumber, Skeleton, Typography } from 'antd';
import { useState } from 'react';
import { api, ok, readable, type Schemas } from '../api/client';
import { useQuery } from '../router';
import { useAction } from '../useAction';
import { useDraft } from '../useDraft';
import { DraftBar } from './DraftBar';
import { RulesProofView } from './RulesProofView';

type Answers = Schemas['AnswersView'];

/** When an answer counts, and which everyday words mean which others: changed as a form, kept as a version of the rules. */
export function AnswersEditor() {
  const answers = useServerState({
    queryKey: ['rules', 'answers'],
    queryFn: () => ok(api.GET('/api/v1/admin/rules/answers')),
    refetchOnWindowFocus: false,
  });
  if (answers.error) return <Alert type="error" showIcon title={readable(answers.error)} />;
  if (!answers.data) return <Skeleton active />;
  return <Form answers={answers.data} />;
}

interface Draft {
  numbers: Record<string, number>;
  words: string;
}

function Form({ answers }: { answers: Answers }) {
  const cache = useQueryClient();
  const [, change] = useQuery();
  const [busy, run] = useAction();
  const inUse: Draft = {
    numbers: Object.fromEntries(answers.thresholds.map(({ name, value }) => [name, value])),
    words: answers.synonyms.map(({ said, means }) => `${said} = ${means.join('、')}`).join('\n'),
  };
  const draft = useDraft<Draft>('rules-answers', inUse);
  const [proof, setProof] = useState<{ of: string; shown: Schemas['RulesProof'] } | null>(null);
  const text = written(draft.value);
  const some = text !== written(inUse);
  const files = { [answers.file]: text };
  const proved = proof?.of === text;

  const prove = () =>
    run(async () => setProof({ of: text, shown: await ok(api.POST('/api/v1/admin/rules/prove', { body: { files } })) }));
  const keep = (title: string) =>
    run(async () => {
      await ok(api.POST('/api/v1/admin/rules/drafts', { body: { files, title } }));
      draft.done(inUse);
      await cache.invalidateQueries({ queryKey: ['rules'] });
      change({ tab: 'versions' });
    }, '存成一版了，请审核员发布');

  return (
    <>
      <DraftBar
        some={some}
        provable={some}
        proved={proved}
        busy={busy}
        onProve={() => void prove()}
        onKeep={(title) => void keep(title)}
        onGiveUp={() => draft.done(inUse)}
      />
      <Flex gap={24} align="start">
        <div style={{ flex: 2, maxHeight: 'calc(100vh - 230px)', overflow: 'auto' }}>
          {answers.thresholds.map(({ name, label, help, least, most }) => (
            <div key={name} style={{ marginBottom: 12 }}>
              <Flex gap={8} align="center">
                <label htmlFor={name} style={{ width: 150 }}>
                  {label}
                </label>
                <InputNumber
                  id={name}
                  min={least}
                  max={most}
                  step={0.005}
                  value={draft.value.numbers[name] ?? null}
                  onChange={(value) =>
                    value !== null && draft.change({ ...draft.value, numbers: { ...draft.value.numbers, [name]: value } })
                  }
                />
                <Typography.Text type="secondary">{`${least} 到 ${most}`}</Typography.Text>
              </Flex>
              <Typography.Text type="secondary">{help}</Typography.Text>
            </div>
          ))}
          <label htmlFor="synonyms">同义词：一行一个，口语 = 书面说法（几个用顿号隔开）</label>
          <Input.TextArea
            id="synonyms"
            value={draft.value.words}
            onChange={(event) => draft.change({ ...draft.value, words: event.target.value })}
            autoSize={{ minRows: 8, maxRows: 16 }}
            spellCheck={false}
          />
        </div>
        <div style={{ flex: 3, maxHeight: 'calc(100vh - 230px)', overflow: 'auto' }}>
          {proof && proved ? (
            <RulesProofView proof={proof.shown} />
          ) : (
            <Typography.Paragraph type="secondary">
              改完先试跑：标准问题、留出的问题和市民最近的问题各答两遍，看哪些答复和去处会变。要等半分钟左右。
            </Typography.Paragraph>
          )}
        </div>
      </Flex>
    </>
  );
}

/** The draft as the file that is checked, proved and kept. */
export function written({ numbers, words }: Draft): string {
  const thresholds = Object.entries(numbers).map(([name, value]) => `  ${name}: ${value}`);
  const synonyms = words
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [said = '', means = ''] = line.split(/[=＝]/, 2).map((part) => part.trim());
      const all = means.split(/[、,，]/).map((word) => word.trim()).filter(Boolean);
      return `- {said: ${JSON.stringify(said)}, means: ${JSON.stringify(all)}}`;
    });
  return ['thresholds:', ...thresholds, '', synonyms.length > 0 ? 'synonyms:' : 'synonyms: []', ...synonyms, ''].join('\n');
}
