import { expect, it } from 'vitest';
import { busy, duration, freedText, mostFreed, patienceText, type SeatPlan, type Slot } from '../../src/staff/seats/texts';

const slot = (start: string, changes: Partial<Slot> = {}): Slot => ({
  start,
  contacts: 10,
  a_day: 1,
  handling_s: 300,
  seats: 4,
  level: 0.96,
  busy: 0.5,
  seats_without: 4,
  few: false,
  seats_patience: null,
  left: null,
  ...changes,
});
const plan = (slots: Slot[], topics: number): SeatPlan =>
  ({
    share: 0.5,
    slots,
    topics: Array.from({ length: topics }, (_, at) => ({ matter: `m${at}`, chosen: true })),
  }) as unknown as SeatPlan;

it('says how long in minutes', () => {
  expect([45, 300, 320.4, 59.6].map(duration)).toEqual(['45 秒', '5 分', '5 分 20 秒', '1 分']);
});

it('shows the half hours from the first to the last contact', () => {
  const quiet = { contacts: 0 };
  const slots = [slot('07:30', quiet), slot('08:00'), slot('08:30', quiet), slot('09:00'), slot('09:30', quiet)];
  expect(busy(slots).map(({ start }) => start)).toEqual(['08:00', '08:30', '09:00']);
  expect(busy([slot('08:00', quiet)])).toEqual([]);
});

it('names the half hour in which most is freed, and nothing that is not', () => {
  const slots = [slot('18:30', { seats_without: 3 }), slot('19:00', { seats: 6, seats_without: 3 }), slot('19:30')];
  expect(mostFreed(slots)?.start).toBe('19:00');
  expect(mostFreed([slot('08:00')])).toBeNull();
  expect(freedText(plan(slots, 5))).toContain('19:00 这半小时可以少排 3 个座席（6 个变 3 个）');
  expect(freedText(plan([slot('08:00')], 5))).toContain('不变');
  expect(freedText(plan(slots, 0))).toBe('没有选话题。');
});

it('says what is known of those who hung up', () => {
  expect(patienceText({ kind: 'phone', left: 4, patience_s: null })).toContain('只有 4 个');
  expect(patienceText({ kind: 'phone', left: 40, patience_s: 90 })).toContain('40 个');
  expect(patienceText({ kind: 'text', left: 0, patience_s: null })).toContain('没有“挂断”的记录');
});
