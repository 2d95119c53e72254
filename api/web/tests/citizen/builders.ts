/** Values with every field filled, so that a test states only what matters to it. */
import type { AnswerCard, Body, Card, DeadlineCard, History, HistoryMessage, QuestionCard, ReferralCard, Reply } from '../../src/citizen/api';

export function aReply(fields: Partial<Reply> = {}): Reply {
  return { id: 'r1', outcome: 'talk', text: '好。', cards: [], quick_replies: [], ...fields };
}

export function aBody(fields: Partial<Body> = {}): Body {
  return {
    id: 'b1',
    type: 'labor_inspection',
    name: '洪山区劳动监察',
    area: '洪山区',
    address: null,
    phone: null,
    hours: null,
    website: null,
    state: 'unconfirmed',
    unknown_note: '未核实，请以 12348 告知为准',
    ...fields,
  };
}

export function anAnswer(fields: Partial<AnswerCard> = {}): AnswerCard {
  return {
    kind: 'answer',
    case_id: 'wage_arrears.no_contract',
    title: '没签合同，被拖欠工资',
    answer: '可以要回来，而且不用花钱。',
    settles: '',
    steps: [],
    bring: [],
    time_limits: [],
    statutes: [],
    other_sources: [],
    note: '',
    sample: false,
    ...fields,
  };
}

export function aQuestion(fields: Partial<QuestionCard> = {}): QuestionCard {
  return {
    kind: 'question',
    id: 'work_area',
    text: '您在哪个区上班？',
    why: '由上班的区受理',
    options: [
      { value: '洪山区', label: '洪山' },
      { value: 'unknown', label: '不清楚' },
    ],
    ...fields,
  };
}

export function aDeadline(fields: Partial<DeadlineCard> = {}): DeadlineCard {
  return { kind: 'deadline', text: '一年内要申请。', last_day: null, days_left: null, basis: '', ...fields };
}

export function aReferral(fields: Partial<ReferralCard> = {}): ReferralCard {
  return {
    kind: 'referral',
    body: aBody(),
    what_it_does: '',
    say_there: '',
    bring: [],
    alternatives: [],
    hotlines: [],
    reasons: [],
    legal_aid: null,
    ...fields,
  };
}

/** A browser's storage, in memory. */
export function anArea() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

export const aTicket: Card = {
  kind: 'ticket',
  number: 'WH20261124-000123',
  query_code: '7K4M2P',
  body: aBody(),
  sent: [],
  next: '',
};

export const aForm: Card = { kind: 'ticket_form', for_body: '洪山区劳动监察', consent: { version: '1', text: '说明' } };

export function aHistory(messages: Partial<HistoryMessage>[]): History {
  return {
    id: 'c1',
    created_at: '2026-11-24T01:00:00Z',
    expires_at: '2026-12-24T01:00:00Z',
    messages: messages.map((message) => ({ from: 'citizen', text: '', at: '2026-11-24T01:00:00Z', ...message })),
    tickets: [],
  };
}
