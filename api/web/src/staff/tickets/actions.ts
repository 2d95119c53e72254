/** What staff can do with a ticket: how it is called, what must be filled in, whose doing it is. */
import type { Schemas } from '../api/client';

export type Detail = Schemas['TicketDetail'];
export type Kind = Schemas['ActionInput']['kind'];
export type Field = 'body' | 'text' | 'reason' | 'better' | 'days' | 'person' | 'ticket' | 'visible';

interface Doing {
  label: string;
  group: '经办' | '替单位登记' | '替市民登记' | '首问责任';
  fields: readonly Field[];
  /** Fields that may stay empty. */
  optional?: readonly Field[];
  /** What the text is. */
  text?: string;
}

export const DOINGS: Partial<Record<Kind, Doing>> = {
  taken: { label: '我来接手', group: '经办', fields: [] },
  sent: { label: '转给单位', group: '经办', fields: ['body', 'text'], optional: ['text'], text: '附言' },
  decided: { label: '督办裁定', group: '经办', fields: ['body', 'text'], optional: ['text'], text: '理由' },
  reminder: { label: '催办', group: '经办', fields: ['text'], optional: ['text'], text: '要说的话' },
  called_back: { label: '登记回访', group: '经办', fields: ['text'], text: '回访情况（市民会看到）' },
  note: { label: '备注', group: '经办', fields: ['text', 'visible'], text: '备注' },
  merged: { label: '并入另一件', group: '经办', fields: ['ticket'] },
  reopened: { label: '重新办理', group: '经办', fields: ['text'], optional: ['text'], text: '原因' },
  closed: { label: '办结', group: '经办', fields: ['text'], optional: ['text'], text: '说明' },
  requeued: { label: '退回待办', group: '经办', fields: ['text'], optional: ['text'], text: '原因' },
  accepted: { label: '受理', group: '替单位登记', fields: ['text'], optional: ['text'], text: '要跟市民说的话' },
  answered: { label: '答复', group: '替单位登记', fields: ['text'], text: '答复（市民会看到）' },
  asked: { label: '请补充', group: '替单位登记', fields: ['text'], text: '要补充什么（市民会看到）' },
  extended: { label: '延期', group: '替单位登记', fields: ['days', 'text'], text: '原因（市民会看到）' },
  returned: { label: '退回', group: '替单位登记', fields: ['reason', 'better', 'text'], optional: ['text'], text: '说明' },
  referred_onward: { label: '单位转交', group: '替单位登记', fields: ['body', 'text'], optional: ['text'], text: '说明' },
  citizen_wrote: { label: '补充情况', group: '替市民登记', fields: ['text'], text: '市民说的话' },
  confirmed: { label: '确认解决', group: '替市民登记', fields: [] },
  not_solved: { label: '没解决', group: '替市民登记', fields: ['text'], optional: ['text'], text: '市民说的话' },
  withdrawn: { label: '撤回', group: '替市民登记', fields: ['text'], optional: ['text'], text: '市民说的话' },
  offered: { label: '请人接任', group: '首问责任', fields: ['person'] },
  handed: { label: '接任', group: '首问责任', fields: [] },
  declined: { label: '不接任', group: '首问责任', fields: [] },
};
export const GROUPS = ['经办', '替单位登记', '替市民登记', '首问责任'] as const;

/** What can be done now, in the order of `DOINGS`. Being asked to become first responder is for the one who was asked. */
export function possible(ticket: Detail, username: string): Kind[] {
  const may = new Set<string>(ticket.may);
  return (Object.keys(DOINGS) as Kind[]).filter((kind) => {
    if (!may.has(kind)) return false;
    if (kind === 'handed' || kind === 'declined') return ticket.offered_to === username;
    if (kind === 'taken') return ticket.owner !== username;
    return kind !== 'requeued' || ticket.owner !== '';
  });
}

/** The first thing to do, which is shown as such. */
export function nextStep(ticket: Detail, kinds: readonly Kind[]): Kind | undefined {
  const steps: readonly Kind[] = [
    ...(ticket.state === 'disputed' ? (['decided'] as const) : []),
    'sent',
    'handed',
    ...(ticket.callback_due ? (['called_back'] as const) : []),
  ];
  return steps.find((kind) => kinds.includes(kind));
}

/** Days that are left of a promise, in words. */
export function leftText(clock: Schemas['ClockView']): string {
  if (clock.stopped_at) return clock.kept === false ? '超期了' : '已做到';
  if (clock.paused) return '停着，等市民补充';
  if (clock.left_days === null || clock.left_days === undefined) return '';
  if (clock.left_days < 0) return `超期 ${-clock.left_days} 个工作日`;
  return clock.left_days === 0 ? '今天最后一天' : `还有 ${clock.left_days} 个工作日`;
}
