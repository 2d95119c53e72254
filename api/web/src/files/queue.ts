import { FileError, prepared, type FileLimits } from './files';

/** A file on its way. `part` is how much has gone, from 0 to 1; `problem` is empty while nothing is wrong. */
export interface Waiting {
  key: string;
  file: File;
  part: number;
  problem: string;
  /** Trying again may help. */
  again: boolean;
}

export interface QueueState {
  waiting: readonly Waiting[];
  /** How many were sent since the page was opened. */
  sent: number;
}

export type SendFile = (content: Blob, name: string, key: string, onProgress: (part: number) => void) => Promise<void>;

/**
 * Files that are being sent to one ticket, one after another, whatever the page shows meanwhile. What fails stays until it was
 * sent or taken back; each has a key of its own, so that trying again after a lost answer adds it once.
 */
export class FileQueue {
  private state: QueueState = { waiting: [], sent: 0 };
  private readonly listeners = new Set<() => void>();
  private running = false;
  limits: FileLimits | null = null;

  constructor(public send: SendFile) {}

  readonly snapshot = (): QueueState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(files: readonly File[]): void {
    this.set({ waiting: [...this.state.waiting, ...files.map(fresh)] });
    void this.run();
  }

  again(key: string): void {
    this.change(key, { problem: '', part: 0 });
    void this.run();
  }

  takeBack(key: string): void {
    this.set({ waiting: this.state.waiting.filter((one) => one.key !== key) });
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    let next: Waiting | undefined;
    while ((next = this.state.waiting.find(({ problem }) => !problem))) await this.sendOne(next);
    this.running = false;
  }

  private async sendOne({ key, file }: Waiting): Promise<void> {
    try {
      const content = await prepared(file, this.limits);
      await this.send(content, file.name, key, (part) => this.change(key, { part }));
      this.set({ waiting: this.state.waiting.filter((one) => one.key !== key), sent: this.state.sent + 1 });
    } catch (error) {
      const known = error instanceof FileError ? error : new FileError(null, '没传上去，请再试一次。');
      const again = known.status === null || known.status === 400 || known.status >= 429;
      this.change(key, { part: 0, problem: known.message, again });
    }
  }

  private change(key: string, changes: Partial<Waiting>): void {
    this.set({ waiting: this.state.waiting.map((one) => (one.key === key ? { ...one, ...changes } : one)) });
  }

  private set(changes: Partial<QueueState>): void {
    this.state = { ...this.state, ...changes };
    for (const listener of this.listeners) listener();
  }
}

const queues = new Map<string, FileQueue>();

/** The queue of a ticket; the same one wherever on the page it is shown. */
export function queueOf(ticket: string, send: SendFile): FileQueue {
  const queue = queues.get(ticket) ?? new FileQueue(send);
  queue.send = send;
  queues.set(ticket, queue);
  return queue;
}

/** Whether anything would be lost if the page were closed. */
export function anyWaiting(): boolean {
  return [...queues.values()].some((queue) => queue.snapshot().waiting.length > 0);
}

function fresh(file: File): Waiting {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { key, file, part: 0, problem: '', again: false };
}
