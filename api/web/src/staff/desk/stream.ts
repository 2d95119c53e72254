/**
 * A stream of server-sent events that outlives broken connections, restarts and ended sessions.
 *
 * The browser reconnects by itself after a break and names the last event it has; after a refusal (session ended, server away) it
 * gives up, and then `knock` is called until it succeeds: an ordinary call, which also brings up the sign-in dialog.
 */
export interface StreamOptions {
  url: string;
  on: Record<string, (data: unknown) => void>;
  /** True while news come in. */
  onState: (connected: boolean) => void;
  knock: () => Promise<unknown>;
  open?: (url: string) => EventSource;
  retryMs?: number;
}

const RETRY_MS = 2000;
const CLOSED = 2; // EventSource.CLOSED, which is not there outside a browser

export function openStream({ url, on, onState, knock, open, retryMs = RETRY_MS }: StreamOptions): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function connect(): void {
    if (stopped) return;
    source = (open ?? ((address) => new EventSource(address)))(url);
    source.onopen = () => onState(true);
    source.onerror = () => {
      if (stopped) return;
      onState(false);
      if (source?.readyState !== CLOSED) return; // it tries again by itself
      source.close();
      timer = setTimeout(() => void again(), retryMs);
    };
    for (const [kind, take] of Object.entries(on)) {
      source.addEventListener(kind, (event) => take(JSON.parse((event as MessageEvent<string>).data)));
    }
  }

  async function again(): Promise<void> {
    try {
      await knock();
      connect();
    } catch {
      if (!stopped) timer = setTimeout(() => void again(), retryMs);
    }
  }

  connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
  };
}
