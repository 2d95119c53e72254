/** A slip as plain lines, for copying, handing on, and drawing; no more than the screen shows. */

import type { Body, ReferralCard, TicketCard } from './api';
import { texts } from './texts';

export interface Slip {
  heading: string;
  title: string;
  lines: string[];
}

export function referralSlip(card: ReferralCard): Slip {
  const t = texts.referral;
  return {
    heading: t.heading,
    title: card.body.name,
    lines: [
      ...bodyLines(card.body),
      ...card.hotlines.map((line) => `${line.name}：${line.number}`),
      ...(card.bring.length > 0 ? [`${t.bring}：${card.bring.join('、')}`] : []),
      ...(card.say_there ? [`${t.sayThere}：${card.say_there}`] : []),
    ],
  };
}

export function ticketSlip(card: TicketCard): Slip {
  const t = texts.ticket;
  return {
    heading: t.heading,
    title: card.number,
    lines: [
      `${t.code}：${card.query_code}`,
      `${t.body}：${card.body.name}`,
      ...bodyLines(card.body),
      ...(card.next ? [`${t.next}：${card.next}`] : []),
    ],
  };
}

export function slipText({ heading, title, lines }: Slip): string {
  return [`${heading}：${title}`, ...lines, texts.slip.foot].join('\n');
}

function bodyLines(body: Body): string[] {
  const t = texts.referral;
  const rows: [string, string | null][] = [
    [t.where, body.address],
    [t.phone, body.phone],
    [t.hours, body.hours],
  ];
  const unknown = rows.filter(([, value]) => !value).map(([name]) => name);
  return [
    ...rows.flatMap(([name, value]) => (value ? [`${name}：${value}`] : [])),
    ...(body.remarks ?? []),
    ...(unknown.length > 0 ? [t.unknown(unknown, body.unknown_note || t.unknownNote)] : []),
  ];
}

/** A search for a known address on a map. Never for a name alone: a map would show some place as if it were the one. */
export function mapLink(address: string): string {
  const where = /武汉/.test(address) ? address : `武汉市${address}`;
  return `https://uri.amap.com/search?keyword=${encodeURIComponent(where)}&city=${encodeURIComponent('武汉')}&src=yibotong`;
}
