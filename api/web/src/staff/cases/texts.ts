/** A case as the editor holds it: lists are lines of text. */
import type { Schemas } from '../api/client';

export type Case = Schemas['CaseView'];
export type CaseFields = Schemas['CaseFields'];
export type Fault = Schemas['FaultView'];

export type FieldName = Exclude<keyof CaseFields, 'valid_until' | 'review_on'>;

/** What the editor holds while it is written. */
export type Written = Record<keyof CaseFields, string>;

interface Field {
  name: keyof CaseFields;
  label: string;
  hint: string;
  rows: number;
  kind: 'text' | 'lines' | 'day' | 'matter' | 'bodies';
}

export const FIELDS: readonly Field[] = [
  { name: 'matter', label: '事项', hint: '', rows: 1, kind: 'matter' },
  { name: 'title', label: '标题', hint: '一句话，不写人名', rows: 1, kind: 'text' },
  { name: 'questions', label: '问法', hint: '一行一种，至少五种，像市民自己说的那样', rows: 6, kind: 'lines' },
  { name: 'answer', label: '第一句答复', hint: '先说能不能、怎么办', rows: 2, kind: 'text' },
  { name: 'settles', label: '看什么定', hint: '一般怎样；但如果怎样，就不一样', rows: 2, kind: 'text' },
  { name: 'steps', label: '步骤', hint: '一行一步', rows: 4, kind: 'lines' },
  { name: 'bring', label: '要带什么', hint: '一行一样', rows: 3, kind: 'lines' },
  { name: 'time_limits', label: '期限', hint: '一行一个：期限｜依据', rows: 2, kind: 'lines' },
  { name: 'statutes', label: '法条', hint: '一行一条：民法典第一千零七十六条', rows: 3, kind: 'lines' },
  { name: 'other_sources', label: '其他依据', hint: '条例、司法解释等，一行一条，注明版本', rows: 1, kind: 'lines' },
  { name: 'handled_by', label: '承办单位', hint: '', rows: 1, kind: 'bodies' },
  { name: 'facts', label: '案情', hint: '用小张、某小区这样的化名', rows: 3, kind: 'text' },
  { name: 'valid_until', label: '有效期至', hint: '过了这天不再给市民看；不限就空着', rows: 1, kind: 'day' },
  { name: 'review_on', label: '复核日期', hint: '到这天提醒再看一遍', rows: 1, kind: 'day' },
];

export const LABELS = Object.fromEntries(FIELDS.map(({ name, label }) => [name, label])) as Record<string, string>;

export const STAGES: Record<string, string> = {
  in_review: '待审核',
  draft: '草稿',
  published: '已发布',
  sample: '示例',
  retired: '已下架',
  expired: '过了有效期',
  to_review: '到了复核日期',
};

export const EVENTS: Record<string, string> = {
  loaded: '从文件载入',
  drafted: '保存草稿',
  submitted: '提交审核',
  returned: '退回',
  published: '发布',
  retired: '下架',
  discarded: '放弃修改',
  kept: '确认继续有效',
};

export const OUTCOMES: Record<string, string> = {
  answered: '直接回答',
  ask: '先问一句',
  refer: '指到单位',
  handoff: '转人工',
  emergency: '紧急',
  out_of_scope: '不归法律服务',
  unsure: '没把握',
};

const lines = (text: string) => text.split('\n').flatMap((line) => (line.trim() ? [line.trim()] : []));

export function written(fields: CaseFields): Written {
  return {
    ...Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? value.map(String).join('\n') : (value ?? '')]),
    ),
    time_limits: fields.time_limits.map(({ text, basis }) => `${text}｜${basis}`).join('\n'),
  } as Written;
}

export function fieldsOf(text: Written): CaseFields {
  return {
    matter: text.matter,
    title: text.title,
    facts: text.facts,
    answer: text.answer,
    settles: text.settles,
    questions: lines(text.questions),
    steps: lines(text.steps),
    bring: lines(text.bring),
    statutes: lines(text.statutes),
    other_sources: lines(text.other_sources),
    handled_by: lines(text.handled_by),
    time_limits: lines(text.time_limits).map((line) => {
      const [limit = '', ...basis] = line.split(/[｜|]/);
      return { text: limit.trim(), basis: basis.join('｜').trim() };
    }),
    valid_until: text.valid_until || null,
    review_on: text.review_on || null,
  };
}

/** An empty case of a matter. */
export function emptyCase(matter: string, title: string): CaseFields {
  return fieldsOf({ ...(Object.fromEntries(FIELDS.map(({ name }) => [name, ''])) as Written), matter, title });
}
