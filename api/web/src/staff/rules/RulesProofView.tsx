import { Alert, Table, Typography } from 'antd';
import type { Schemas } from '../api/client';

type Proof = Schemas['RulesProof'];
type Change = Schemas['RulesChange'];
type Answer = Schemas['AnswerChange'];

/** What a draft changes: certain questions first, then real ones. */
export function RulesProofView({ proof }: { proof: Proof }) {
  return (
    <>
      <Alert
        type={proof.losses.length > 0 ? 'error' : 'success'}
        showIcon
        title={`标准问题 ${proof.gold} 个：现在对 ${proof.right_before}，改后对 ${proof.right_after}`}
        description={proof.losses.length > 0 ? `有 ${proof.losses.length} 个会指错，发布要写明理由。` : '没有一个变错。'}
        style={{ marginBottom: 12 }}
      />
      {proof.losses.length > 0 && <Changes title="会指错的" changes={proof.losses} />}
      {proof.gains.length > 0 && <Changes title="会改对的" changes={proof.gains} />}
      {proof.answers && <Answers answers={proof.answers} />}
      <Changes title={`留出的问题和最近的对话 ${proof.others} 个，会换地方的 ${proof.moved} 个`} changes={proof.shown} />
    </>
  );
}

const CHANGES: Record<string, string> = { worse: '变差', better: '变好', changed: '不同' };

/** What other thresholds or synonyms change: question by question, before and after. */
function Answers({ answers }: { answers: NonNullable<Proof['answers']> }) {
  return (
    <>
      <Alert
        type={answers.worse > 0 ? 'error' : 'success'}
        showIcon
        title={`跑了 ${answers.questions} 个问题：变差 ${answers.worse}，变好 ${answers.better}，答复不同 ${answers.changed}，去处不同 ${answers.bodies_changed}`}
        description={answers.worse > 0 ? '有变差的，发布要写明理由。' : answers.questions === 0 ? '没有问题用到改动的词。' : '没有一个变差。'}
        style={{ marginBottom: 12 }}
      />
      <Table<Answer>
        size="small"
        rowKey="text"
        dataSource={answers.shown}
        pagination={answers.shown.length > 20 ? { pageSize: 20 } : false}
        locale={{ emptyText: '没有' }}
        columns={[
          { title: '', dataIndex: 'change', width: 60, render: (change: string) => CHANGES[change] ?? change },
          { title: '问题', dataIndex: 'text' },
          { title: '现在', dataIndex: 'before_name', width: 190 },
          { title: '改后', dataIndex: 'after_name', width: 190 },
        ]}
      />
    </>
  );
}

function Changes({ title, changes }: { title: string; changes: Change[] }) {
  return (
    <>
      <Typography.Title level={5}>{title}</Typography.Title>
      <Table<Change>
        size="small"
        rowKey="id"
        dataSource={changes}
        pagination={changes.length > 20 ? { pageSize: 20 } : false}
        locale={{ emptyText: '没有' }}
        columns={[
          { title: '事项', dataIndex: 'matter_name' },
          { title: '现在找', dataIndex: 'before_name' },
          { title: '改后找', dataIndex: 'after_name' },
          { title: '哪条规则', dataIndex: 'codes', render: (codes: string[]) => codes[0] },
        ]}
      />
    </>
  );
}
