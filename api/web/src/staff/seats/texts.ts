import type { Schemas } from '../api/client';

export type SeatPlan = Schemas['SeatPlanView'];
export type Slot = Schemas['SeatSlotView'];

/** `5 分 20 秒`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes ? `${minutes} 分${whole % 60 ? ` ${whole % 60} 秒` : ''}` : `${whole} 秒`;
}

/** What is known of those who hung up while they waited, in one sentence. */
export function patienceText({ kind, left, patience_s }: Pick<SeatPlan, 'kind' | 'left' | 'patience_s'>): string {
  if (kind === 'text' && patience_s === null) return '文字对话没有“挂断”的记录，要算就自己填平均等多久。';
  return patience_s === null ? `等不及挂断的只有 ${left} 个，估不出大家等多久，可以自己填。` : kind === 'phone' ? `这段时间等不及挂断 ${left} 个。` : '';
}

/** The half hours worth showing: from the first to the last to which anybody came, the quiet ones between them as well. */
export function busy(slots: readonly Slot[]): readonly Slot[] {
  const came = slots.map(({ contacts }) => contacts > 0);
  const first = came.indexOf(true);
  return first < 0 ? [] : slots.slice(first, came.lastIndexOf(true) + 1);
}

/** The half hour in which most seats are freed; null where none are. */
export function mostFreed(slots: readonly Slot[]): Slot | null {
  const freed = ({ seats, seats_without }: Slot) => seats - seats_without;
  const best = slots.reduce<Slot | null>((most, slot) => (freed(slot) > (most ? freed(most) : 0) ? slot : most), null);
  return best;
}

/** What is freed, in one sentence. */
export function freedText(plan: SeatPlan): string {
  const chosen = plan.topics.filter(({ chosen }) => chosen);
  if (chosen.length === 0) return '没有选话题。';
  const best = mostFreed(plan.slots);
  const share = `${Math.round(plan.share * 100)}%`;
  const what = `如果这 ${chosen.length} 个话题里有 ${share} 由机器答好`;
  return best
    ? `${what}，${best.start} 这半小时可以少排 ${best.seats - best.seats_without} 个座席（${best.seats} 个变 ${best.seats_without} 个），腾出来给等人工的人。`
    : `${what}，每个半小时要的座席数不变。`;
}
