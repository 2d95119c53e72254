/**
 * The staff's side of the HTTP API, typed by the routes themselves (`make types`).
 *
 *     const rows = await ok(api.GET('/api/v1/staff/accounts', { params: { query: { page: 1 } } }));
 *
 * `ok` gives the data or throws a `ProblemError` with a text that can be shown. A call that meets an ended session waits for the
 * sign-in dialog and is then made again: a call refused with 401 has changed nothing, so making it twice is safe.
 */
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
type Fetch = (request: Request) => Promise<Response>;

/** RFC 9457 problem details, in words for the reader. `status` is 0 when the server was not reached. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly type = 'about:blank',
    readonly fields: readonly { field: string; message: string }[] = [],
  ) {
    super(detail || title);
    this.name = 'ProblemError';
  }
}

export const UNREACHABLE = new ProblemError(0, '连不上服务器', '网络断了或服务器没有回应。写的内容还在，请稍后再试。');

/** What to show for anything that was thrown. */
export function readable(error: unknown): string {
  if (!(error instanceof ProblemError)) return '出错了，请再试一次。';
  const fields = error.fields.map(({ field, message }) => `${field}：${message}`);
  return [error.detail || error.title, ...fields].filter((text, at, all) => all.indexOf(text) === at).join(' ');
}

/** The problem an answer tells of; an answer without one (a proxy's page) by its status. */
export function problemOf(status: number, body: unknown): ProblemError {
  const told = (typeof body === 'object' && body !== null ? body : {}) as Partial<Schemas['Problem']>;
  const title = told.title ?? (status >= 500 ? '服务器出错了' : '没有办成');
  return new ProblemError(status, title, told.detail ?? `${title}（${status}），请稍后再试。`, told.type, told.errors ?? []);
}

export interface SessionEvents {
  /** Called when the session has ended; resolves when the same person has signed in again. */
  signInAgain: () => Promise<void>;
  /** Called when a call was refused for want of a role: the roles may have changed. */
  onForbidden: () => void;
}

/** A `fetch` that outlives the session: one dialog for any number of calls that wait. */
export function lastingFetch(send: Fetch, events: SessionEvents): Fetch {
  let asked: Promise<void> | null = null;
  return async function lasting(request) {
    const again = request.clone();
    const response = await reached(send, request);
    if (response.status === 403) events.onForbidden();
    if (response.status !== 401) return response;
    asked ??= events.signInAgain().finally(() => {
      asked = null;
    });
    await asked;
    return lasting(again);
  };
}

async function reached(send: Fetch, request: Request): Promise<Response> {
  try {
    return await send(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw UNREACHABLE;
  }
}

/** The data of an answer, or its problem thrown. */
export async function ok<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response.status, error);
  return data as T;
}

let events: SessionEvents = { signInAgain: () => Promise.reject(UNREACHABLE), onForbidden: () => undefined };

/** Called once by the shell, which owns the sign-in dialog. */
export function handleSession(handlers: SessionEvents): void {
  events = handlers;
}

const send: Fetch = (request) => fetch(request);
const lasting = lastingFetch(send, {
  signInAgain: () => events.signInAgain(),
  onForbidden: () => events.onForbidden(),
});

/** For every page. */
export const api: Client<paths> = createClient<paths>({ fetch: lasting });

/** For signing in and out: a 401 is an answer here. */
export const plainApi: Client<paths> = createClient<paths>({ fetch: (request) => reached(send, request) });

/** Save a file the API makes (exports), under the name the server gives or this one. */
export async function download(url: string, name: string): Promise<void> {
  const response = await lasting(new Request(url));
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => null));
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = /filename="?([^";]+)"?/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
