/** Unsaved text, kept on this machine for the one who wrote it until it is saved or a week has gone. */

const PREFIX = 'yibotong.draft.';
export const KEPT_MS = 7 * 24 * 3600 * 1000;

export interface Draft<T> {
  value: T;
  /** What the text was written on (a version), to notice that somebody else has changed it since. */
  base: string;
  at: number;
}

export interface Drafts {
  read<T>(key: string): Draft<T> | null;
  write<T>(key: string, value: T, base: string): void;
  clear(key: string): void;
}

/** The drafts of one user; `storage` is null where the browser has none, and then nothing is kept. */
export function draftsOf(storage: Storage | null, user: string, now: () => number): Drafts {
  const name = (key: string) => `${PREFIX}${encodeURIComponent(user)}:${key}`;
  return {
    read<T>(key: string) {
      try {
        const draft = JSON.parse(storage?.getItem(name(key)) ?? 'null') as Draft<T> | null;
        return draft && now() - draft.at < KEPT_MS ? draft : null;
      } catch {
        return null;
      }
    },
    write(key, value, base) {
      try {
        storage?.setItem(name(key), JSON.stringify({ value, base, at: now() }));
      } catch {
        // Storage is full or switched off: the text is still on the page.
      }
    },
    clear(key) {
      try {
        storage?.removeItem(name(key));
      } catch {
        // As above.
      }
    },
  };
}

/** Remove every user's drafts that are too old. */
export function sweep(storage: Storage | null, now: number): void {
  for (const key of Object.keys(storage ?? {}).filter((name) => name.startsWith(PREFIX))) {
    try {
      const { at } = JSON.parse(storage!.getItem(key) ?? '{}') as Partial<Draft<unknown>>;
      if (typeof at === 'number' && now - at < KEPT_MS) continue;
    } catch {
      // Broken: remove it too.
    }
    storage!.removeItem(key);
  }
}

/** The browser's storage, or null where reading it is refused. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
