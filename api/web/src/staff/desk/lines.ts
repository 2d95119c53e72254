/** The thread of a conversation as it grows. */
import type { Line } from './types';

/** Lines with news added: each once, in the order of the thread, however often a reconnect tells them. */
export function merged(lines: readonly Line[], news: readonly Line[]): Line[] {
  const known = new Set(lines.map(keyOf));
  const fresh = news.filter((line) => !known.has(keyOf(line)));
  if (fresh.length === 0) return lines as Line[];
  return [...lines, ...fresh].sort((a, b) => a.id - b.id || order(a) - order(b));
}

export function keyOf(line: Line): string {
  return `${line.id}.${line.from === 'bot' ? 'bot' : 'said'}`;
}

/** The id of the newest line, 0 for none. */
export function newest(lines: readonly Line[]): number {
  return lines.reduce((most, line) => Math.max(most, line.id), 0);
}

// Of an exchange, what was said comes before the machine's reply.
function order(line: Line): number {
  return line.from === 'bot' ? 1 : 0;
}

const CARD_NAMES: Record<string, string> = {
  answer: '案例',
  question: '提问',
  referral: '找谁办',
  deadline: '期限',
  ticket_form: '登记表',
  ticket: '工单',
  danger: '紧急提示',
  notice: '说明',
};

/** What the citizen saw beside the text, in a word each: the agent must know what was shown. */
export function shownWith(line: Line): string[] {
  return (line.reply?.cards ?? []).map((card) => {
    if (card.kind === 'answer') return `案例：${card.title}`;
    if (card.kind === 'ticket') return `工单：${card.number}`;
    if (card.kind === 'referral') return `找谁办：${card.body.name}`;
    if (card.kind === 'question') return `提问：${card.text}`;
    return CARD_NAMES[card.kind] ?? card.kind;
  });
}
