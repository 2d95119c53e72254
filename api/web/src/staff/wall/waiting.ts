/** What a wall counts by the clock. Pure; the clock is handed in. */
import { isLate, waited } from '../desk/queue';
import type { Item } from '../desk/types';

type Waiting = Pick<Item, 'waiting_since' | 'promised_until'>;

/** Whether half of the time promised to somebody has gone, and not yet all of it. */
export function atRisk(item: Waiting, now: number): boolean {
  if (!item.waiting_since || !item.promised_until || isLate(item, now)) return false;
  const [since, until] = [Date.parse(item.waiting_since), Date.parse(item.promised_until)];
  return now - since > (until - since) / 2;
}

/** The longest wait in words; empty when nobody waits. */
export function longestWait(queue: readonly Waiting[], now: number): string {
  const since = queue.flatMap((item) => (item.waiting_since ? [item.waiting_since] : []));
  const first = since.reduce<string | null>((least, at) => (least === null || Date.parse(at) < Date.parse(least) ? at : least), null);
  return waited(first, now);
}
