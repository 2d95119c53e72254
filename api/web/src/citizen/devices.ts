/** True on a desktop: a mouse and keys, so that Enter sends and moving the focus opens no keyboard over the page. */
export function hasKeyboard(): boolean {
  return window.matchMedia?.('(hover: hover) and (pointer: fine)').matches ?? false;
}

export function prefersStill(): boolean {
  return window.matchMedia?.('(prefers-reduced-motion: reduce)').matches ?? false;
}

/**
 * Keeps the page as high as what can be seen of it.
 *
 * iOS and the browsers inside chat apps lay the keyboard over the page without telling its layout.
 */
export function followVisibleHeight(): void {
  const visible = window.visualViewport;
  if (!visible) return;
  const follow = () => {
    // Pinch zoom also changes the visual viewport, and must not squeeze the page.
    if (visible.scale > 1.01) return;
    document.documentElement.style.setProperty('--visible-height', `${Math.round(visible.height)}px`);
  };
  visible.addEventListener('resize', follow);
  follow();
}

/** Copies a text; false where the browser does not let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** The old way, for pages without HTTPS and old browsers. */
function copyBySelection(text: string): boolean {
  const holder = document.createElement('textarea');
  holder.value = text;
  holder.className = 'visually-hidden';
  holder.readOnly = true;
  document.body.append(holder);
  holder.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    holder.remove();
  }
}

/** Hands the person a text as a file. */
export function saveText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // some browsers read it later
}

/** Prints one element alone: from a copy beside the page, so that the conversation leaves no empty pages. */
export function printOnly(element: HTMLElement): void {
  const copy = element.cloneNode(true) as HTMLElement;
  copy.classList.add('print-copy');
  document.body.append(copy);
  document.body.classList.add('printing-copy');
  const restore = () => {
    document.body.classList.remove('printing-copy');
    copy.remove();
    window.removeEventListener('afterprint', restore);
  };
  window.addEventListener('afterprint', restore);
  window.print();
}

/** True while the device says it has a network; browsers that say nothing are taken to have one. */
export function isOnline(): boolean {
  return typeof navigator === 'undefined' || navigator.onLine !== false;
}

/** Calls back whenever the network comes or goes, and when the page is looked at again; returns what stops it. */
export function onReach(changed: () => void): () => void {
  const seen = () => document.visibilityState === 'visible' && changed();
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  document.addEventListener('visibilitychange', seen);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
    document.removeEventListener('visibilitychange', seen);
  };
}

export function canShare(): boolean {
  return typeof navigator !== 'undefined' && typeof navigator.share === 'function';
}

/** Hands a text on to another app; that the person thinks better of it is no failure. */
export async function shareText(title: string, text: string): Promise<void> {
  try {
    await navigator.share({ title, text });
  } catch {
    // Closed without choosing, or refused by the device.
  }
}

export function canPrint(): boolean {
  return typeof window !== 'undefined' && typeof window.print === 'function';
}

/** As large as the screen, where that is possible; tried again at the next touch otherwise. */
export function goFullScreen(): void {
  if (document.fullscreenElement) return;
  void document.documentElement.requestFullscreen?.().catch(() => undefined);
}
