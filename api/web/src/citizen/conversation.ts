/** The conversation of this window: what was said, what is on its way, what failed. Knows no React and no browser. */

import {
  ApiError,
  type Api,
  type Consent,
  type DataCopy,
  type Erased,
  type FieldError,
  type ForSomeone,
  type History,
  type HistoryMessage,
  type ComplaintRequest,
  type OpenedTicket,
  type Reply,
  type Send,
  type Session,
  type UnsolvedReason,
} from './api';
import { dayOf } from './dates';
import { newId as randomId } from './ids';
import { ticketQueue } from './ticketFiles';
import type { Live, Status } from './live';
import type { PendingMessage, Storage } from './storage';
import { texts } from './texts';

export interface CitizenEntry {
  kind: 'citizen';
  /** The `client_id` of the message, the same on every retry. */
  id: string;
  text: string;
  /** Null for what comes from the history: it has arrived. */
  send: Send | null;
  /** `held` is out of reach of the service for now, and is sent by itself when it is in reach again. */
  state: 'waiting' | 'held' | 'failed' | 'done';
  problem: string | null;
  retryable: boolean;
  writtenAt: number;
}

export interface BotEntry {
  kind: 'bot';
  id: string;
  reply: Reply;
  /** Came while the person was looking, not out of the history. */
  fresh: boolean;
}

/** What a person of the service said. */
export interface AgentEntry {
  kind: 'agent';
  id: string;
  text: string;
  name: string;
}

/** Something the page itself has to say. */
export interface PageEntry {
  kind: 'page';
  id: string;
  text: string;
}

export type Entry = CitizenEntry | BotEntry | AgentEntry | PageEntry;

export interface State {
  status: 'restoring' | 'restore_failed' | 'ready';
  entries: readonly Entry[];
  /** Who has the conversation, while it is not the machine. */
  service: Status | null;
  /** Whether news of it come in. */
  connected: boolean;
}

export interface Contact {
  name: string;
  phone: string;
  forSomeone: ForSomeone | null;
  /** To be sent as soon as there is a ticket. */
  files?: readonly File[];
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
  /** Tries everything that is held or not yet restored, in its order: the network may be back. */
  reconnect(): Promise<void>;
  /** Takes a message that was not sent back and returns its text. */
  takeBack(clientId: string): string;
  /** Tells whoever has the conversation that the person types. */
  typing(): void;
  /** Tells why the answer that was just rejected did not help; false when it did not arrive. */
  tellReason(reason: UnsolvedReason): Promise<boolean>;
  /** Forgets this conversation on this device. */
  startOver(): void;
  openTicket(formId: string, consent: Consent, contact: Contact): Promise<TicketResult>;
  /** What is kept of this conversation and its tickets; throws what the API threw. */
  copyData(): Promise<DataCopy>;
  /** Has it erased, and forgets it on this device too; throws what the API threw, and then forgets nothing. */
  eraseData(): Promise<Erased>;
  /** Complains; nothing of it is kept in the conversation. Throws what the API threw. */
  complain(complaint: ComplaintRequest): Promise<OpenedTicket>;
}

export interface Parts {
  api: Api;
  storage: Storage;
  live?: Live;
  newId?: () => string;
  now?: () => number;
  /** Calls back after a while; returns what calls it off. */
  later?: (callback: () => void, ms: number) => () => void;
}

/** How long until a held message is tried again: longer each time, because a dead network costs battery. */
const TRY_AGAIN_MS = [2_000, 4_000, 8_000, 15_000, 30_000];
/** What was written longer ago is not sent without being asked: the person may have gone elsewhere since. */
const STILL_MEANT_MS = 60 * 60_000;
/** After such a pause the page says whose words these are and when they were said. */
const LONG_PAUSE_MS = 6 * 60 * 60_000;

export function createConversation(parts: Parts): Conversation {
  const { api, storage, live, newId = randomId, now = Date.now, later = callLater } = parts;
  let session = storage.session();
  let state: State = {
    status: session ? 'restoring' : 'ready',
    entries: storage.pending().map((message) => unsent(message, now())),
    service: null,
    connected: true,
  };
  let tries = 0;
  let callOff: () => void = () => undefined;
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
    if (!next) {
      live?.stop();
      set({ service: null });
    }
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

  /** Follows the conversation as long as a person has it or somebody waits for one. */
  function followPerson(): void {
    if (!session || !live) return;
    const started = round;
    live.follow(session, {
      onLines: (lines) => started === round && receive(lines),
      onStatus: (service) => {
        if (started !== round) return;
        const over = service.owner === 'bot';
        if (over) live.stop();
        set({ service: over ? null : service });
      },
      onConnected: (connected) => started === round && connected !== state.connected && set({ connected }),
    });
  }

  /** Adds what this window does not show yet: what agents say, and what came while it was away. */
  function receive(lines: HistoryMessage[]): void {
    const fresh = unknownLines(state.entries, lines);
    if (fresh.length > 0) set({ entries: [...state.entries, ...fresh] });
    live?.tell({ typing: false, read_id: Math.max(0, ...lines.map((line) => line.id ?? 0)) });
  }

  function find(clientId: string): CitizenEntry | undefined {
    return state.entries.find((entry): entry is CitizenEntry => entry.kind === 'citizen' && entry.id === clientId);
  }

  /** Keeps a message until the service is in reach, and tries again by itself. */
  function hold(clientId: string): void {
    change(clientId, { state: 'held', problem: null });
    callOff();
    callOff = later(() => void reconnect(), TRY_AGAIN_MS[Math.min(tries, TRY_AGAIN_MS.length - 1)]!);
  }

  function reconnect(): Promise<void> {
    callOff();
    if (state.status === 'restore_failed') return restore();
    const held = state.entries.filter((entry) => entry.kind === 'citizen' && entry.state === 'held');
    if (held.length === 0) return queue;
    tries += 1;
    for (const { id } of held) {
      change(id, { state: 'waiting' });
      void enqueue(id);
    }
    return queue;
  }

  function restore(): Promise<void> {
    if (session) {
      set({ status: 'restoring' });
      // In the queue, so that nothing is said between the history as told and the history as shown.
      queue = queue.then(() => load(round));
    }
    queue = queue.then(() => (state.status === 'ready' ? void reconnect() : undefined));
    return queue;
  }

  async function deliver(clientId: string): Promise<void> {
    const started = round;
    const send = find(clientId)?.send;
    if (!send) return;
    // The order is part of the story: nothing goes out before what was said earlier.
    if (isBehindHeld(state.entries, clientId)) {
      hold(clientId);
      return;
    }
    try {
      let reply: Reply | null;
      try {
        ({ reply } = await api.sendMessage(await openSession(), clientId, send, send.text ? storage.slips() : []));
      } catch (error) {
        if (started !== round || !isLost(error)) throw error;
        keep(null);
        insertAfter(clientId, pageEntry(lostText(error)));
        // An option belongs to a question the new conversation has not asked.
        if (send.choice) {
          change(clientId, { state: 'failed', problem: texts.conversation.sayAgain, retryable: false });
          return;
        }
        ({ reply } = await api.sendMessage(await openSession(), clientId, send, send.text ? storage.slips() : []));
      }
      if (started !== round) return;
      tries = 0;
      change(clientId, { state: 'done', problem: null });
      // It may have come as news already.
      if (reply && !state.entries.some((entry) => entry.id === reply.id)) {
        insertAfter(clientId, { kind: 'bot', id: reply.id, reply, fresh: true });
      }
      if (!reply || canStopWaiting(reply)) followPerson();
    } catch (error) {
      if (started !== round) return;
      if (isOutOfReach(error)) hold(clientId);
      else change(clientId, { state: 'failed', problem: problemText(error), retryable: isRetryable(error) });
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
      const told = fromHistory(history, openIds);
      const earlier = lastSaid(history);
      const pause = earlier !== null && now() - earlier > LONG_PAUSE_MS;
      const note = pause && told.length > 0 ? [pageEntry(resumedText(earlier))] : [];
      set({ status: 'ready', entries: [...told, ...note, ...open] });
      if (history.status && history.status.owner !== 'bot') {
        set({ service: history.status });
        followPerson();
      }
    } catch (error) {
      if (started !== round) return;
      if (isLost(error)) {
        keep(null);
        set({ status: 'ready', entries: [pageEntry(lostText(error)), ...state.entries] });
      } else {
        set({ status: 'restore_failed' });
        callOff();
        callOff = later(() => void reconnect(), TRY_AGAIN_MS[Math.min(tries, TRY_AGAIN_MS.length - 1)]!);
        tries += 1;
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

  function forget(): void {
    round += 1;
    callOff();
    tries = 0;
    queue = Promise.resolve();
    ticketKeys.clear();
    keep(null);
    set({ status: 'ready', entries: [] });
  }

  return {
    state: () => state,

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    restore,
    reconnect,

    say(text, send) {
      const same = JSON.stringify(send);
      const onItsWay = state.entries.some(
        (entry) => entry.kind === 'citizen' && isOnItsWay(entry) && JSON.stringify(entry.send) === same,
      );
      if (onItsWay) return queue;
      const id = newId();
      append({ kind: 'citizen', id, text, send, state: 'waiting', problem: null, retryable: true, writtenAt: now() });
      return enqueue(id);
    },

    retry(clientId) {
      if (find(clientId)?.state !== 'failed') return queue;
      change(clientId, { state: 'waiting', problem: null });
      return enqueue(clientId);
    },

    takeBack(clientId) {
      const entry = find(clientId);
      if (!entry || (entry.state !== 'failed' && entry.state !== 'held')) return '';
      set({ entries: state.entries.filter((other) => other !== entry) });
      return entry.text;
    },

    typing() {
      if (state.service) live?.tell({ typing: true, read_id: 0 });
    },

    async tellReason(reason) {
      if (!session) return false;
      return api.tellReason(session, reason).then(
        () => true,
        () => false,
      );
    },

    startOver: forget,

    async copyData() {
      if (!session) throw new ApiError(404);
      return api.copyConversation(session);
    },

    async eraseData() {
      if (!session) throw new ApiError(404);
      const erased = await api.eraseConversation(session);
      storage.dropSlips(erased.tickets);
      forget();
      return erased;
    },

    async complain(complaint) {
      if (!session) throw new ApiError(404);
      return api.complain(session, complaint);
    },

    async openTicket(formId, consent, contact) {
      if (!session) return { kind: 'failed', message: texts.conversation.gone };
      const started = round;
      const key = ticketKeys.get(formId) ?? newId();
      ticketKeys.set(formId, key);
      const name = contact.name.trim();
      const phone = contact.phone.trim();
      try {
        const { reply, number, query_code } = await api.openTicket(session, key, {
          conversation_id: session.id,
          ...(name && { name }),
          ...(phone && { phone }),
          ...(contact.forSomeone && { for_someone: contact.forSomeone }),
          ...(storage.slips().length > 0 && { known_tickets: storage.slips() }),
          consent: { version: consent.version, agreed: true },
        });
        storage.saveSlip({ number, code: query_code });
        if (contact.files?.length) ticketQueue(number, query_code).add(contact.files);
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

/** A message of an earlier visit that is not known to have arrived. */
function unsent({ clientId, text, send, writtenAt }: PendingMessage, now: number): CitizenEntry {
  const stillMeant = now - writtenAt < STILL_MEANT_MS;
  return {
    kind: 'citizen',
    id: clientId,
    text,
    send,
    state: stillMeant ? 'held' : 'failed',
    problem: stillMeant ? null : texts.failure.earlier,
    retryable: true,
    writtenAt,
  };
}

function callLater(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

function asPending(entry: Entry): PendingMessage[] {
  if (entry.kind !== 'citizen' || entry.state === 'done' || !entry.send) return [];
  return [{ clientId: entry.id, text: entry.text, send: entry.send, writtenAt: entry.writtenAt }];
}

function isOnItsWay(entry: CitizenEntry): boolean {
  return entry.state === 'waiting' || entry.state === 'held';
}

function isBehindHeld(entries: readonly Entry[], clientId: string): boolean {
  for (const entry of entries) {
    if (entry.kind !== 'citizen') continue;
    if (entry.id === clientId) return false;
    if (entry.state === 'held') return true;
  }
  return false;
}

/** When something was last said in a conversation, in milliseconds since 1970. */
function lastSaid(history: History): number | null {
  const at = Date.parse(history.messages[history.messages.length - 1]?.at ?? '');
  return Number.isNaN(at) ? null : at;
}

function resumedText(earlier: number): string {
  return texts.conversation.resumed(dayOf(new Date(earlier).toISOString()));
}

/** The ids of the messages in the history: those arrived, even if this window never learnt of it. */
function answeredIn(history: History): Set<string> {
  return new Set(history.messages.flatMap((message) => (message.from === 'citizen' && message.client_id) || []));
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
    if (message.from === 'agent') return [agentEntry(message)];
    if (openIds.has(message.client_id ?? '')) return [];
    const id = message.client_id ?? `${message.at}#${index}`;
    return [
      {
        kind: 'citizen',
        id,
        text: message.text,
        send: null,
        state: 'done',
        problem: null,
        retryable: false,
        writtenAt: Date.parse(message.at),
      },
    ];
  });
}

function agentEntry(line: HistoryMessage): AgentEntry {
  return { kind: 'agent', id: `agent${line.id ?? line.at}`, text: line.text, name: line.name ?? '' };
}

/** How the service names the greeting. */
const OPENING = '~opening';

/** Lines that are not among the entries, as entries. The greeting is none: the opening screen has said it. */
function unknownLines(entries: readonly Entry[], lines: HistoryMessage[]): Entry[] {
  const known = new Set(entries.map((entry) => entry.id));
  const numbers = new Set(entries.flatMap((entry) => (entry.kind === 'bot' ? ticketNumbers(entry.reply) : [])));
  return lines.flatMap((line): Entry[] => {
    if (line.client_id === OPENING) return [];
    if (line.from === 'agent') {
      const entry = agentEntry(line);
      return known.has(entry.id) ? [] : [entry];
    }
    if (line.from === 'citizen') {
      const [said] = fromHistory({ messages: [line] } as History, known);
      return said ? [said] : [];
    }
    const { reply } = line;
    if (!reply || known.has(reply.id)) return [];
    // The slip of a ticket made in this window has another id than the one the service keeps.
    if (ticketNumbers(reply).some((number) => numbers.has(number))) return [];
    return [{ kind: 'bot', id: reply.id, reply, fresh: true }];
  });
}

function ticketNumbers(reply: Reply): string[] {
  return reply.cards.flatMap((card) => (card.kind === 'ticket' ? [card.number] : []));
}

/** Whether a reply tells that somebody waits for a person. */
function canStopWaiting(reply: Reply): boolean {
  return reply.quick_replies.some(({ send }) => send.action === 'stop_waiting');
}

/** True when the conversation itself is no more: expired, unknown, or not ours. */
function isLost(error: unknown): boolean {
  return error instanceof ApiError && [401, 403, 404, 410].includes(error.status ?? 0);
}

function lostText(error: unknown): string {
  const expired = error instanceof ApiError && error.status === 410;
  return expired ? texts.conversation.expired : texts.conversation.gone;
}

/** The network or the service is away, not the message at fault: it can be tried again without asking. */
function isOutOfReach(error: unknown): boolean {
  return error instanceof ApiError && (error.status === null || [502, 503, 504].includes(error.status));
}

function isRetryable(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status === null) return true;
  return error.status >= 500 || [404, 408, 409, 410, 425, 428, 429].includes(error.status);
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

/** The latest reply, also while the person waits for the next. */
export function lastReply(entries: readonly Entry[]): Reply | null {
  const replies = entries.filter((entry): entry is BotEntry => entry.kind === 'bot');
  return replies[replies.length - 1]?.reply ?? null;
}

/** Whether this reply is the present one and answers 没解决, so that the person may tell why. */
export function mayTellReason(entries: readonly Entry[], reply: Reply): boolean {
  const before = entries[entries.length - 2];
  const rejected = before?.kind === 'citizen' && before.send?.action === 'unresolved';
  return rejected && currentReply(entries)?.id === reply.id && reply.outcome !== 'talk';
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

/** Something is waiting for the network. */
export function isCutOff({ entries, status }: State): boolean {
  return status === 'restore_failed' || entries.some((entry) => entry.kind === 'citizen' && entry.state === 'held');
}

export function hasTicket(entries: readonly Entry[]): boolean {
  return entries.some((entry) => entry.kind === 'bot' && entry.reply.cards.some((card) => card.kind === 'ticket'));
}
