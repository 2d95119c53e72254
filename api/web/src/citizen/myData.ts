/** One's own data in words that can be read and kept. */
import type { DataCopy } from './api';
import { dayAndTime } from './dates';
import { texts } from './texts';

/** What is kept, as plain lines: tickets first, then what was said, in its order. */
export function readable({ tickets, conversations, remarks }: DataCopy): string {
  const t = texts.myData;
  const who = (name: string) => t.who[name] ?? name;
  const blocks = [
    ...tickets.map((ticket) => [
      `${t.ticket} ${ticket.number}`,
      ...lines([
        [t.openedAt, dayAndTime(ticket.opened_at)],
        [t.state, ticket.state_text],
        [t.matter, ticket.matter_name],
        [t.name, ticket.name],
        [t.phone, ticket.phone],
        [t.note, ticket.note],
        [t.newsBy, ticket.news_by.map((by) => t.channel[by] ?? by).join('、')],
        [t.files, ticket.files.map((file) => file.name).join('、')],
      ]),
      ...(ticket.erased ? [t.erased] : []),
      ...ticket.events.filter((event) => event.text).map((event) => `${dayAndTime(event.at)} ${event.by}：${event.text}`),
      ...(ticket.told.length > 0 ? [t.told] : []),
      ...ticket.told.map((line) => `${who(line.who)}：${line.text}`),
    ]),
    ...conversations.map((conversation) => [
      t.conversation,
      ...conversation.messages.flatMap((message) => [
        ...(message.text ? [`${dayAndTime(message.at)} ${who(message.who)}：${message.text}`] : []),
        ...(message.answer ? [`${who('bot')}：${message.answer}`] : []),
      ]),
    ]),
    remarks,
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

function lines(rows: [string, string][]): string[] {
  return rows.filter(([, value]) => value).map(([name, value]) => `${name}：${value}`);
}
