import type { Send, Session } from './api';

/** A message that was written but is not yet known to have arrived. */
export interface PendingMessage {
  clientId: string;
  text: string;
  send: Send;
}

/** What the page remembers on this device. It works, forgetting everything, where storage is switched off. */
export interface Storage {
  session(): Session | null;
  saveSession(session: Session | null): void;
  pending(): PendingMessage[];
  savePending(messages: PendingMessage[]): void;
  draft(): string;
  saveDraft(text: string): void;
  largePrint(): boolean;
  saveLargePrint(on: boolean): void;
}

type Area = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** `lasting` outlives the window; `passing` is forgotten with it, because an unsent draft is nobody else's business. */
export function createStorage(lasting: Area | null, passing: Area | null): Storage {
  return {
    session: () => read<Session>(lasting, 'yibotong.conversation'),
    saveSession: (session) => write(lasting, 'yibotong.conversation', session),
    pending: () => read<PendingMessage[]>(lasting, 'yibotong.pending') ?? [],
    savePending: (messages) => write(lasting, 'yibotong.pending', messages.length > 0 ? messages : null),
    draft: () => read<string>(passing, 'yibotong.draft') ?? '',
    saveDraft: (text) => write(passing, 'yibotong.draft', text || null),
    largePrint: () => read<boolean>(lasting, 'yibotong.large_print') ?? false,
    saveLargePrint: (on) => write(lasting, 'yibotong.large_print', on || null),
  };
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
