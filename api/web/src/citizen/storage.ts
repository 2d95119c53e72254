import type { Send, Session } from './api';
import { asPreferences, type Preferences } from './preferences';

/** A message that was written but is not yet known to have arrived. */
export interface PendingMessage {
  clientId: string;
  text: string;
  send: Send;
  /** When it was written, in milliseconds since 1970. */
  writtenAt: number;
}

/** A ticket's number with the code that opens it. */
export interface Slip {
  number: string;
  code: string;
}

const MOST_SLIPS = 5; // as many as the service takes

/** What the page remembers on this device. It works, forgetting everything, where storage is switched off. */
export interface Storage {
  session(): Session | null;
  saveSession(session: Session | null): void;
  pending(): PendingMessage[];
  savePending(messages: PendingMessage[]): void;
  draft(): string;
  saveDraft(text: string): void;
  /** Null as long as the person has chosen nothing: the device's own settings hold. */
  preferences(): Preferences | null;
  /** Slips of tickets made on this device, latest first: so that nobody tells the same twice. */
  slips(): Slip[];
  saveSlip(slip: Slip): void;
  /** Forgets the slips of these tickets. */
  dropSlips(numbers: readonly string[]): void;
  savePreferences(preferences: Preferences): void;
}

type Area = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** `lasting` outlives the window; `passing` is forgotten with it, because an unsent draft is nobody else's business. */
export function createStorage(lasting: Area | null, passing: Area | null): Storage {
  // Two windows share one list: each touches only the messages it knows, so that neither loses the other's.
  const known = new Set<string>();
  const listed = () => read<PendingMessage[]>(lasting, 'yibotong.pending') ?? [];
  return {
    session: () => read<Session>(lasting, 'yibotong.conversation'),
    saveSession: (session) => write(lasting, 'yibotong.conversation', session),
    pending: () => {
      const messages = listed();
      for (const { clientId } of messages) known.add(clientId);
      return messages;
    },
    savePending: (messages) => {
      const all = [...listed().filter(({ clientId }) => !known.has(clientId)), ...messages];
      for (const { clientId } of messages) known.add(clientId);
      write(lasting, 'yibotong.pending', all.length > 0 ? all : null);
    },
    draft: () => read<string>(passing, 'yibotong.draft') ?? '',
    saveDraft: (text) => write(passing, 'yibotong.draft', text || null),
    slips: () => read<Slip[]>(lasting, 'yibotong.slips') ?? [],
    saveSlip: (slip) => {
      const others = (read<Slip[]>(lasting, 'yibotong.slips') ?? []).filter(({ number }) => number !== slip.number);
      write(lasting, 'yibotong.slips', [slip, ...others].slice(0, MOST_SLIPS));
    },
    dropSlips: (numbers) => {
      const left = (read<Slip[]>(lasting, 'yibotong.slips') ?? []).filter(({ number }) => !numbers.includes(number));
      write(lasting, 'yibotong.slips', left.length > 0 ? left : null);
    },
    preferences: () => asPreferences(read<unknown>(lasting, 'yibotong.preferences')),
    savePreferences: (preferences) => write(lasting, 'yibotong.preferences', preferences),
  };
}

/** Keeps nothing beyond this page: for a terminal that many people use. */
export function forgetfulStorage(): Storage {
  return createStorage(null, null);
}

export function browserStorage(): Storage {
  return createStorage(area('localStorage'), area('sessionStorage'));
}

/** Merely reading `window.localStorage` throws where cookies are blocked. */
function area(name: 'localStorage' | 'sessionStorage'): Area | null {
  try {
    return window[name];
  } catch {
    return null;
  }
}

function read<T>(from: Area | null, key: string): T | null {
  try {
    const value = from?.getItem(key);
    return value ? (JSON.parse(value) as T) : null;
  } catch {
    return null;
  }
}

function write(to: Area | null, key: string, value: unknown): void {
  try {
    if (value === null) to?.removeItem(key);
    else to?.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: the page goes on without remembering.
  }
}
