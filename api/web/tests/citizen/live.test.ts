import { describe, expect, it } from 'vitest';
import type { Api, HistoryMessage, Reply } from '../../src/citizen/api';
import { createConversation } from '../../src/citizen/conversation';
import { createLive, eventsIn, type Live, type News, type Status } from '../../src/citizen/live';
import { createStorage } from '../../src/citizen/storage';

const WAITING: Status = { owner: 'waiting', agent_name: '', ahead: 1, agents: 1, typing: false, read_id: 0 };

function aReply(id: string, stop = false): Reply {
  const quick_replies = stop ? [{ label: '不等了', send: { action: 'stop_waiting' as const } }] : [];
  return { id, outcome: 'talk', text: id, cards: [], quick_replies };
}

function aLine(fields: Partial<HistoryMessage>): HistoryMessage {
  return { id: 1, from: 'bot', text: '', at: '2026-11-24T09:00:00Z', ...fields };
}

/** A conversation whose service answers with `replies` in order, and whose news are told by hand. */
function aConversation(replies: (Reply | null)[]) {
  const followed: { news?: News; stopped: number; told: unknown[] } = { stopped: 0, told: [] };
  const live: Live = {
    follow: (_session, news) => void (followed.news = news),
    stop: () => void (followed.stopped += 1),
    tell: (told) => void followed.told.push(told),
  };
  const api = {
    startConversation: () => Promise.resolve({ id: 'c', token: 't', expires_at: '', reply: aReply('greeting') }),
    sendMessage: (_session: unknown, client_id: string) =>
      Promise.resolve({ client_id, reply: replies.length > 0 ? replies.shift()! : null }),
  } as unknown as Api;
  let number = 0;
  const conversation = createConversation({
    api,
    storage: createStorage(null, null),
    live,
    newId: () => `m${(number += 1)}`,
  });
  return { conversation, followed };
}

describe('the events in a text', () => {
  it('are read whole; the rest waits for more', () => {
    const { found, rest } = eventsIn(': open\n\nid: 7\nevent: lines\ndata: [1,\ndata: 2]\n\nevent: sta');
    expect(found[1]).toEqual({ id: '7', event: 'lines', data: '[1,\n2]' });
    expect(rest).toBe('event: sta');
  });

  it('may end their lines as any server likes', () => {
    expect(eventsIn('event: status\r\ndata: {}\r\n\r\n').found[0]).toEqual({ id: '', event: 'status', data: '{}' });
  });
});

describe('following', () => {
  it('names the last message after a break, and keeps the token out of the address', async () => {
    const asked: { path: string; headers: Record<string, string> }[] = [];
    const live = createLive((path, init) => {
      if (path.endsWith('/presence')) return Promise.resolve(new Response(null, { status: 204 }));
      asked.push({ path, headers: init.headers as Record<string, string> });
      const body = asked.length === 1 ? 'id: 5\nevent: lines\ndata: []\n\n' : '';
      return Promise.resolve(new Response(body, { status: asked.length < 3 ? 200 : 404 }));
    });
    live.follow({ id: 'c', token: 'secret' }, { onLines: () => {}, onStatus: () => {}, onConnected: () => {} });
    await expect.poll(() => asked.length).toBe(3);
    expect(asked.map(({ headers }) => headers['Last-Event-ID'])).toEqual(['0', '5', '5']);
    expect(asked[0]!.headers.Authorization).toBe('Bearer secret');
    expect(asked[0]!.path).not.toContain('secret');
  });
});

describe('a conversation with a person in it', () => {
  it('is followed once somebody waits, and shows what the agent says once', async () => {
    const { conversation, followed } = aConversation([aReply('queued', true)]);
    await conversation.say('转人工', { action: 'human' });
    followed.news!.onStatus(WAITING);
    expect(conversation.state().service).toEqual(WAITING);
    const said = aLine({ id: 9, from: 'agent', text: '您好', name: '小王' });
    followed.news!.onLines([aLine({ client_id: '~opening', reply: aReply('greeting') }), said]);
    followed.news!.onLines([said]);
    const shown = conversation.state().entries;
    expect(shown.map((entry) => entry.kind)).toEqual(['citizen', 'bot', 'agent']);
    expect(shown[2]).toMatchObject({ text: '您好', name: '小王' });
    expect(followed.told).toContainEqual({ typing: false, read_id: 9 });
  });

  it('takes silence for arrived, not for failed', async () => {
    const { conversation } = aConversation([null]);
    await conversation.say('在的', { text: '在的' });
    expect(conversation.state().entries).toMatchObject([{ kind: 'citizen', state: 'done', problem: null }]);
  });

  it('ends when it is handed back, and the line about it stays', async () => {
    const { conversation, followed } = aConversation([aReply('queued', true)]);
    await conversation.say('转人工', { action: 'human' });
    followed.news!.onLines([aLine({ id: 12, client_id: '~back', reply: aReply('说完了') })]);
    followed.news!.onStatus({ ...WAITING, owner: 'bot', ahead: null });
    expect(conversation.state().service).toBeNull();
    expect(followed.stopped).toBeGreaterThan(0);
    expect(conversation.state().entries.slice(-1)[0]).toMatchObject({ kind: 'bot', id: '说完了' });
  });

  it('shows an alarm once, whichever way it comes first', async () => {
    const { conversation, followed } = aConversation([aReply('queued', true), aReply('alarm')]);
    await conversation.say('转人工', { action: 'human' });
    const sent = conversation.say('他拿刀', { text: '他拿刀' });
    followed.news!.onLines([aLine({ id: 3, from: 'citizen', text: '他拿刀', client_id: 'm2' }), aLine({ id: 3, reply: aReply('alarm') })]);
    await sent;
    expect(conversation.state().entries.filter((entry) => entry.id === 'alarm')).toHaveLength(1);
    expect(conversation.state().entries.filter((entry) => entry.kind === 'citizen')).toHaveLength(2);
  });

  it('tells that the person types only while a person is there', async () => {
    const { conversation, followed } = aConversation([aReply('queued', true)]);
    conversation.typing();
    expect(followed.told).toEqual([]);
    await conversation.say('转人工', { action: 'human' });
    followed.news!.onStatus(WAITING);
    conversation.typing();
    expect(followed.told).toContainEqual({ typing: true, read_id: 0 });
  });
});
