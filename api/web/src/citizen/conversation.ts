/** The conversation of this window: what was said, what is on its way, what failed. Knows no React and no browser. */

import {
  ApiError,
  type Api,
  type Consent,
  type FieldError,
  type History,
  type Reply,
  type Send,
  type Session,
} from './api';
import { newId as randomId } from './ids';
import type { PendingMessage, Storage } from './storage';
import { texts } from './texts';

export interface CitizenEntry {
  kind: 'citizen';
  /** The `client_id` of the message, the same on every retry. */
  id: string;
  text: string;
  /** Null for what comes from the history: it has arrived. */
  send: Send | null;
  state: 'waiting' | 'failed' | 'done';
  problem: string | null;
  retryable: boolean;
}

export interface BotEntry {
  kind: 'bot';
  id: string;
  reply: Reply;
  /** Came while the person was looking, not out of the history. */
  fresh: boolean;
}

/** Something the page itself has to say. */
export interface PageEntry {
  kind: 'page';
  id: string;
  text: string;
}

export type Entry = CitizenEntry | BotEntry | PageEntry;

export interface State {
  status: 'restoring' | 'restore_failed' | 'ready';
  entries: readonly Entry[];
}

export interface Contact {
  name: string;
  phone: string;
}

export type TicketResult =
  | { kind: 'sent' }
  | { kind: 'invalid'; message: string; errors: FieldError[] }
  | { kind: 'failed'; message: string };

export interface Conversation {
  state(): State;
  subscribe(listener: () => void): () => void;
  /** Takes up the conversation of the last visit, if there was one. */
  restore(): Promise<void>;
  /** Shows the message at once and sends it after those before it. The same message twice at a time is sent once. */
  say(text: string, send: Send): Promise<void>;
  retry(clientId: string): Promise<void>;
  /** Takes a failed message back and returns its text. */
  takeBack(clientId: string): string;
  /** Forgets this conversation on this device. */
  startOver(): void;
  openTicket(formId: string, consent: Consent, contact: Contact): Promise<TicketResult>;
}

export interface Parts {
  api: Api;
  storage: Storage;
  newId?: () => string;
}

export function createConversation({ api, storage, newId = randomId }: Parts): Conversation {
  let session = storage.session();
  let state: State = { status: session ? 'restoring' : 'ready', entries: storage.pending().map(asFailed) };
  let queue: Promise<void> = Promise.resolve();
  // Goes up when the person starts over: what was under way before then is no longer theirs to see.
  let round = 0;
  const listeners = new Set<() => void>();
  const ticketKeys = new Map<string, string>();

  function set(change: Partial<State>): void {
    state = { ...state, ...change };
    storage.savePending(state.entries.flatMap(asPending));
    for (const listener of listeners) listener();
  }

  function append(entry: Entry): void {
    set({ entries: [...state.entries, entry] });
  }

  function change(id: string, fields: Partial<CitizenEntry>): void {
    set({
      entries: state.entries.map((entry) =>
        entry.kind === 'citizen' && entry.id === id ? { ...entry, ...fields } : entry,
      ),
    });
  }

  /** Puts an entry behind the message it belongs to, before anything that was said meanwhile. */
  function insertAfter(clientId: string, entry: Entry): void {
    const index = state.entries.findIndex((other) => other.kind === 'citizen' && other.id === clientId);
    let end = index + 1;
    while (end < state.entries.length && state.entries[end]!.kind === 'page') end += 1;
    set({ entries: [...state.entries.slice(0, end), entry, ...state.entries.slice(end)] });
  }

  function keep(next: Session | null): void {
    session = next;
    storage.saveSession(next);
  }

  async function openSession(): Promise<Session> {
    if (session) return session;
    const started = round;
    const { id, token } = await api.startConversation();
    const opened = { id, token };
    if (started === round) keep(opened);
    return opened;
  }

  function find(clientId: string): CitizenEntry | undefined {
    return state.entries.find((entry): entry is CitizenEntry => entry.kind === 'citizen' && entry.id === clientId);
  }

  async function deliver(clientId: string): Promise<void> {
    const started = round;
    const send = find(clientId)?.send;
    if (!send) return;
    try {
      let reply: Reply;
      try {
        ({ reply } = await api.sendMessage(await openSession(), clientId, send));
      } catch (error) {
        if (started !== round || !isLost(error)) throw error;
        keep(null);
        insertAfter(clientId, pageEntry(lostText(error)));
        // An option belongs to a question the new conversation has not asked.
        if (send.choice) {
          change(clientId, { state: 'failed', problem: texts.conversation.sayAgain, retryable: false });
          return;
        }
        ({ reply } = await api.sendMessage(await openSession(), clientId, send));
      }
      if (started !== round) return;
      change(clientId, { state: 'done', problem: null });
      insertAfter(clientId, { kind: 'bot', id: reply.id, reply, fresh: true });
    } catch (error) {
      if (started !== round) return;
      change(clientId, { state: 'failed', problem: problemText(error), retryable: isRetryable(error) });
    }
  }

  async function load(started: number): Promise<void> {
    if (!session || started !== round) return;
    try {
      const history = await api.history(session);
      if (started !== round) return;
      const answered = answeredIn(history);
      const open = state.entries.filter(
        (entry) => entry.kind === 'citizen' && entry.state !== 'done' && !answered.has(entry.id),
      );
      const openIds = new Set(open.map((entry) => entry.id));
      set({ status: 'ready', entries: [...fromHistory(history, openIds), ...open] });
    } catch (error) {
      if (started !== round) return;
      if (isLost(error)) {
        keep(null);
        set({ status: 'ready', entries: [pageEntry(lostText(error)), ...state.entries] });
      } else {
        set({ status: 'restore_failed' });
      }
    }
  }

  function enqueue(clientId: string): Promise<void> {
    queue = queue.then(() => deliver(clientId));
    return queue;
  }

  function pageEntry(text: string): PageEntry {
    return { kind: 'page', id: newId(), text };
  }

  return {
    state: () => state,

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    restore() {
      if (!session) return queue;
      set({ status: 'restoring' });
      // In the queue, so that nothing is said between the history as told and the history as shown.
      queue = queue.then(() => load(round));
      return queue;
    },

    say(text, send) {
      const same = JSON.stringify(send);
      const onItsWay = state.entries.some(
        (entry) => entry.kind === 'citizen' && entry.state === 'waiting' && JSON.stringify(entry.send) === same,
      );
      if (onItsWay) return queue;
      const id = newId();
      append({ kind: 'citizen', id, text, send, state: 'waiting', problem: null, retryable: true });
      return enqueue(id);
    },

    retry(clientId) {
      if (find(clientId)?.state !== 'failed') return queue;
      change(clientId, { state: 'waiting', problem: null });
      return enqueue(clientId);
    },

    takeBack(clientId) {
      const entry = find(clientId);
      if (entry?.state !== 'failed') return '';
      set({ entries: state.entries.filter((other) => other !== entry) });
      return entry.text;
    },

    startOver() {
      round += 1;
      queue = Promise.resolve();
      ticketKeys.clear();
      keep(null);
      set({ status: 'ready', entries: [] });
    },

    async openTicket(formId, consent, contact) {
      if (!session) return { kind: 'failed', message: texts.conversation.gone };
      const started = round;
      const key = ticketKeys.get(formId) ?? newId();
      ticketKeys.set(formId, key);
      const name = contact.name.trim();
      const phone = contact.phone.trim();
      try {
        const { reply } = await api.openTicket(session, key, {
          conversation_id: session.id,
          ...(name && { name }),
          ...(phone && { phone }),
          consent: { version: consent.version, agreed: true },
        });
        if (started === round) append({ kind: 'bot', id: reply.id, reply, fresh: true });
        return { kind: 'sent' };
      } catch (error) {
        if (error instanceof ApiError && error.status === 422) {
          // The corrected form is another request than the refused one.
          ticketKeys.delete(formId);
          return {
            kind: 'invalid',
            message: error.problem?.detail ?? texts.ticketForm.checkBelow,
            errors: error.problem?.errors ?? [],
          };
        }
        if (isLost(error)) {
          if (started === round) {
            keep(null);
            append(pageEntry(lostText(error)));
          }
          return { kind: 'failed', message: lostText(error) };
        }
        return { kind: 'failed', message: problemText(error) };
      }
    },
  };
}

function asFailed({ clientId, text, send }: PendingMessage): CitizenEntry {
  return {
    kind: 'citizen',
    id: clientId,
    text,
    send,
    state: 'failed',
    problem: texts.failure.network,
    retryable: true,
  };
}

function asPending(entry: Entry): PendingMessage[] {
  if (entry.kind !== 'citizen' || entry.state === 'done' || !entry.send) return [];
  return [{ clientId: entry.id, text: entry.text, send: entry.send }];
}

/** The ids of the messages that have an answer: those arrived, even if this window never learnt of it. */
function answeredIn(history: History): Set<string> {
  const answered = history.messages.filter(
    (message, index) => message.client_id && history.messages[index + 1]?.from === 'bot',
  );
  return new Set(answered.map((message) => message.client_id!));
}

/**
 * What was said before, without the greeting (the opening screen has said it) and without the messages
 * of `openIds`, which are still to be sent again.
 */
function fromHistory(history: History, openIds: Set<string>): Entry[] {
  const first = history.messages.findIndex((message) => message.from === 'citizen');
  if (first < 0) return [];
  return history.messages.slice(first).flatMap((message, index): Entry[] => {
    if (message.from === 'bot') {
      return message.reply ? [{ kind: 'bot', id: message.reply.id, reply: message.reply, fresh: false }] : [];
    }
    if (openIds.has(message.client_id ?? '')) return [];
    const id = message.client_id ?? `${message.at}#${index}`;
    return [
      { kind: 'citizen', id, text: message.text, send: null, state: 'done', problem: null, retryable: false },
    ];
  });
}

/** True when the conversation itself is no more: expired, unknown, or not ours. */
function isLost(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404, 410].includes(error.status ?? 0);
}

function lostText(error: unknown): string {
  const expired = error instanceof ApiError && error.status === 410;
  return expired ? texts.conversation.expired : texts.conversation.gone;
}

function isRetryable(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status === null) return true;
  return error.status >= 500 || [404, 408, 409, 410, 425, 429].includes(error.status);
}

/** What went wrong, in words for the person. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return texts.failure.server;
  if (error.status === null) return error.timedOut ? texts.failure.timeout : texts.failure.network;
  if (error.problem?.detail) return error.problem.detail;
  if (error.status === 429) return texts.failure.busy;
  return error.status >= 500 ? texts.failure.server : texts.failure.rejected;
}

// ---- what the screen derives from the entries ----

export interface Turn {
  id: string;
  entries: readonly Entry[];
}

/** The conversation in turns: each begins with what the person said, or with whatever comes first. */
export function toTurns(entries: readonly Entry[]): Turn[] {
  const turns: { id: string; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const last = turns[turns.length - 1];
    if (!last || entry.kind === 'citizen') turns.push({ id: entry.id, entries: [entry] });
    else last.entries.push(entry);
  }
  return turns;
}

/** The reply that is waiting for the person, or null while they are waiting for one. */
export function currentReply(entries: readonly Entry[]): Reply | null {
  const last = entries[entries.length - 1];
  return last?.kind === 'bot' ? last.reply : null;
}

export type FormState = 'open' | 'sent' | 'superseded';

/** Only the newest form can be filled in, and only until its ticket is there. */
export function formState(entries: readonly Entry[], replyId: string): FormState {
  const replies = entries.flatMap((entry) => (entry.kind === 'bot' ? [entry.reply] : []));
  const later = replies.slice(replies.findIndex((reply) => reply.id === replyId) + 1);
  for (const reply of later) {
    if (reply.cards.some((card) => card.kind === 'ticket')) return 'sent';
    if (reply.cards.some((card) => card.kind === 'ticket_form')) return 'superseded';
  }
  return 'open';
}

/** The option the person chose for this question, or null. The history knows only its label. */
export function chosenOption(
  entries: readonly Entry[],
  replyId: string,
  question: { id: string; options: { value: string; label: string }[] },
): string | null {
  const at = entries.findIndex((entry) => entry.kind === 'bot' && entry.reply.id === replyId);
  const next = entries.slice(at + 1).find((entry): entry is CitizenEntry => entry.kind === 'citizen');
  if (at < 0 || !next) return null;
  const choice = next.send?.choice;
  if (choice) return choice.question === question.id ? choice.value : null;
  return question.options.find((option) => option.label === next.text)?.value ?? null;
}

export function hasTicket(entries: readonly Entry[]): boolean {
  return entries.some((entry) => entry.kind === 'bot' && entry.reply.cards.some((card) => card.kind === 'ticket'));
}
