/** How waiting is shown. Pure; the clock is handed in. */
import type { Item, Queue } from './types';

export const CHANNELS: Record<string, string> = { web: '网页', kiosk: '自助机', wechat: '微信', phone: '电话' };

/** `12 秒`, `3 分 05 秒`, `1 小时 02 分`: how long somebody waits, in as many words as one takes in at a glance. */
export function waited(since: string | null | undefined, now: number): string {
  if (!since) return '';
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (hours) return `${hours} 小时 ${pad(minutes % 60)} 分`;
  return minutes ? `${minutes} 分 ${pad(seconds % 60)} 秒` : `${seconds} 秒`;
}

/** Whether somebody should have been there by now. */
export function isLate(item: Pick<Item, 'promised_until'>, now: number): boolean {
  return Boolean(item.promised_until) && Date.parse(item.promised_until!) < now;
}

/** Whether the citizen spoke last: they wait for the agent's answer. */
export function awaitsAnswer(item: Pick<Item, 'last_who' | 'channel'>): boolean {
  return item.last_who === 'citizen' && item.channel !== 'phone'; // a caller hears the answer
}

/** What a row is called. */
export function titleOf(item: Pick<Item, 'matter_name' | 'matter'>): string {
  return item.matter_name && !['unclear', 'out_of_scope'].includes(item.matter) ? item.matter_name : '还没说清是什么事';
}

/** All that can be opened, in the order shown: one's own, those one was asked into, the waiting. */
export function openable(queue: Queue): Item[] {
  return [...queue.mine, ...queue.invited, ...queue.waiting];
}

/** The neighbour of a conversation in that order; the first when it is not among them. */
export function neighbour(queue: Queue, id: string, step: 1 | -1): string {
  const ids = openable(queue).map((item) => item.id);
  if (ids.length === 0) return '';
  const at = ids.indexOf(id);
  return ids[at < 0 ? 0 : (at + step + ids.length) % ids.length]!;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
