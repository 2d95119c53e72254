/**
 * News of a conversation while a person has it, or somebody waits for one: what agents say, that they type, the place in the queue.
 *
 * Server-sent events read through `fetch`, because the conversation's token belongs in a header and never in an address. A broken
 * connection is taken up again where it ended.
 */
import type { HistoryMessage, Session } from './api';

export interface Status {
  owner: 'bot' | 'waiting' | 'agent';
  agent_name: string;
  /** How many wait before this one; null where nobody waits. */
  ahead: number | null;
  agents: number;
  typing: boolean;
  read_id: number;
}

export interface News {
  onLines: (lines: HistoryMessage[]) => void;
  onStatus: (status: Status) => void;
  /** True while news come in. */
  onConnected: (connected: boolean) => void;
}

export interface Live {
  /** Follows a conversation, and no other any more. */
  follow(session: Session, news: News): void;
  stop(): void;
  /** Tells that the person looks, types, has seen everything up to this line. */
  tell(told: { typing: boolean; read_id: number }): void;
}

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

const AGAIN_MS = [1_000, 2_000, 5_000, 10_000];
const SILENCE_MS = 40_000; // the service gives a sign of life every fifteen seconds
const LOOK_MS = 20_000;
const TYPING_MS = 3_000;

export function createLive(send: Fetch = (path, init) => fetch(path, init)): Live {
  let current: { session: Session; abort: AbortController } | null = null;
  let toldTypingAt = 0;
  let read = 0;
  let look: ReturnType<typeof setInterval> | undefined;

  function tellNow(typing: boolean): void {
    if (!current) return;
    const { session } = current;
    send(`${pathOf(session)}/presence`, {
      method: 'POST',
      headers: { ...rights(session), 'Content-Type': 'application/json' },
      body: JSON.stringify({ typing, read_id: read }),
    }).catch(() => undefined);
  }

  function stop(): void {
    current?.abort.abort();
    current = null;
    clearInterval(look);
  }

  return {
    follow(session, news) {
      if (current?.session.id === session.id) return;
      stop();
      const abort = new AbortController();
      current = { session, abort };
      read = 0;
      look = setInterval(() => tellNow(false), LOOK_MS);
      tellNow(false);
      void followUntilStopped(send, session, abort.signal, news);
    },

    stop,

    tell({ typing, read_id }) {
      const now = Date.now();
      const more = read_id > read;
      read = Math.max(read, read_id);
      if (typing ? now - toldTypingAt < TYPING_MS : !more) return;
      if (typing) toldTypingAt = now;
      tellNow(typing);
    },
  };
}

async function followUntilStopped(send: Fetch, session: Session, stopped: AbortSignal, news: News): Promise<void> {
  let last = 0;
  for (let tries = 0; !stopped.aborted; tries += 1) {
    try {
      for await (const event of events(send, session, last, stopped)) {
        tries = 0;
        if (stopped.aborted) return;
        news.onConnected(true);
        if (event.id) last = Number(event.id);
        if (event.event === 'lines') news.onLines(JSON.parse(event.data) as HistoryMessage[]);
        if (event.event === 'status') news.onStatus(JSON.parse(event.data) as Status);
      }
      continue; // the service ends a stream now and then, so that it looks at the token anew
    } catch (error) {
      if (stopped.aborted || error instanceof Refused) return;
    }
    news.onConnected(false);
    await pause(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]!, stopped);
  }
}

interface ServerEvent {
  event: string;
  id: string;
  data: string;
}

class Refused extends Error {}

async function* events(
  send: Fetch,
  session: Session,
  last: number,
  stopped: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const silent = new AbortController();
  const give = () => silent.abort();
  stopped.addEventListener('abort', give);
  let timer = setTimeout(give, SILENCE_MS);
  try {
    const response = await send(`${pathOf(session)}/events`, {
      headers: { ...rights(session), Accept: 'text/event-stream', 'Last-Event-ID': String(last) },
      cache: 'no-store',
      signal: silent.signal,
    });
    if ([401, 404, 410].includes(response.status)) throw new Refused();
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(give, SILENCE_MS);
      text += decoder.decode(value, { stream: true });
      const { found, rest } = eventsIn(text);
      text = rest;
      yield* found;
    }
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', give);
    silent.abort();
  }
}

/** The whole events at the beginning of a text, and what is left of it. Signs of life (comments) are events without a name. */
export function eventsIn(text: string): { found: ServerEvent[]; rest: string } {
  const blocks = text.replace(/\r\n?/g, '\n').split('\n\n');
  const rest = blocks.pop()!;
  const found = blocks.map((block) => {
    const event: ServerEvent = { event: '', id: '', data: '' };
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [, name, value] = /^(\w*): ?(.*)$/s.exec(line) ?? [];
      if (name === 'data') data.push(value!);
      else if (name === 'event' || name === 'id') event[name] = value!;
    }
    return { ...event, data: data.join('\n') };
  });
  return { found, rest };
}

function pathOf(session: Session): string {
  return `/api/v1/conversations/${encodeURIComponent(session.id)}`;
}

function rights(session: Session): Record<string, string> {
  return { Authorization: `Bearer ${session.token}` };
}

function pause(ms: number, stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stopped.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
