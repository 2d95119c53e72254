/** How the person wants to read: print, colours, contrast, length, and whether answers are read aloud. */

export type Theme = 'auto' | 'light' | 'dark';

export interface Preferences {
  largePrint: boolean;
  theme: Theme;
  highContrast: boolean;
  /** Shorter answers: what it comes to, one thing to do, one number. */
  simple: boolean;
  readAloud: boolean;
}

export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

/** What holds until something is chosen; more contrast where the device asks for it. */
export function defaultPreferences(): Preferences {
  const highContrast = matches('(prefers-contrast: more)');
  return { largePrint: false, theme: 'auto', highContrast, simple: false, readAloud: false };
}

/** What was stored, checked field by field: it may be of an older page. */
export function asPreferences(stored: unknown): Preferences | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const fields = stored as Record<string, unknown>;
  return {
    largePrint: fields.largePrint === true,
    theme: THEMES.find((theme) => theme === fields.theme) ?? 'auto',
    highContrast: fields.highContrast === true,
    simple: fields.simple === true,
    readAloud: fields.readAloud === true,
  };
}

/** Puts the look on the page. */
export function applyPreferences({ largePrint, theme, highContrast }: Preferences): void {
  const root = document.documentElement;
  const dark = theme === 'dark' || (theme === 'auto' && matches('(prefers-color-scheme: dark)'));
  root.classList.add('look-known');
  root.classList.toggle('large-print', largePrint);
  root.classList.toggle('dark', dark);
  root.classList.toggle('high-contrast', highContrast);
  const frame = getComputedStyle(root).getPropertyValue('--paper').trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', frame);
}

/** Calls back when the device changes between light and dark; returns what stops it. */
export function onDeviceTheme(changed: () => void): () => void {
  const dark = window.matchMedia?.('(prefers-color-scheme: dark)');
  dark?.addEventListener?.('change', changed);
  return () => dark?.removeEventListener?.('change', changed);
}

function matches(query: string): boolean {
  return typeof window !== 'undefined' && (window.matchMedia?.(query).matches ?? false);
}
