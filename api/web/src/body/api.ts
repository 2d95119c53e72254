/** What a body without a system of its own can do by its link. Names are those of the HTTP API. */
import { saveFile, sendFile, type FileLimits, type TicketFile } from '../files/files';

export type ActionKind = 'accepted' | 'returned' | 'referred_onward' | 'asked' | 'extended' | 'answered';

export interface Choice {
  id: string;
  name: string;
}

export interface Said {
  who: string;
  text: string;
  at: string;
}

export interface Clock {
  promise: string;
  name: string;
  text: string;
  due_on: string | null;
  left_days: number | null;
  stopped_at: string | null;
  paused: boolean;
  overdue: boolean;
}

export interface TicketEvent {
  sequence: number;
  kind: string;
  kind_name: string;
  text: string;
  at: string;
  by: string;
}

export interface Story {
  told: Said[];
  facts: string[];
  note: string;
  cases: { id: string; title: string; answer: string }[];
  statutes: string[];
  deadlines: { text: string; basis: string; last_day: string | null; days_left: number | null }[];
  reasons: { text: string; source: string }[];
}

export interface Ticket {
  number: string;
  sequence: number;
  state: string;
  state_text: string;
  urgent: boolean;
  matter_name: string;
  area: string;
  opened_at: string;
  bound: boolean;
  name: string;
  phone: string;
  story: Story;
  events: TicketEvent[];
  clocks: Clock[];
  may: string[];
  files: TicketFile[];
  file_limits: FileLimits | null;
  complaint: { target_name: string; about: string } | null;
}

export interface BodyTicket {
  for_body: string;
  ticket: Ticket;
  return_reasons: Choice[];
  bodies: Choice[];
  most_extension_days: number;
}

export interface Action {
  kind: ActionKind;
  text?: string;
  body_id?: string;
  better?: string;
  reason?: string;
  days?: number;
}

/** A sentence that can be shown; `status` is null when no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number | null,
    message: string,
    readonly changed = false,
  ) {
    super(message);
  }
}

export interface Api {
  read(): Promise<BodyTicket>;
  act(sequence: number, key: string, action: Action): Promise<BodyTicket>;
  sendFile(content: Blob, name: string, key: string, forCitizen: boolean, onProgress: (part: number) => void): Promise<BodyTicket>;
  saveFile(file: TicketFile): Promise<void>;
}

const TIMEOUT_MS = 30_000;
const CHANGED = 'urn:yibotong:changed-meanwhile';

export function createApi(token: string): Api {
  async function request(path: string, body?: unknown): Promise<BodyTicket> {
    const headers: Record<string, string> = { Accept: 'application/json', Authorization: `Bearer ${token}` };
    const init: RequestInit = { headers, cache: 'no-store', signal: AbortSignal.timeout?.(TIMEOUT_MS) ?? null };
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.method = 'POST';
      init.body = JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await fetch(`/api/v1/body${path}`, init);
    } catch {
      throw new ApiError(null, '没有连上网络。您填的还在，请再试一次。');
    }
    if (response.ok) return (await response.json()) as BodyTicket;
    const problem = (await response.json().catch(() => ({}))) as { detail?: string; type?: string };
    throw new ApiError(response.status, problem.detail ?? '出错了，请过一会儿再试。', problem.type === CHANGED);
  }

  return {
    read: () => request(''),
    act: (sequence, key, action) => request('/actions', { ...action, sequence, key }),
    sendFile: (content, name, key, forCitizen, onProgress) =>
      sendFile<BodyTicket>({
        address: '/api/v1/body/files',
        headers: { Authorization: `Bearer ${token}` },
        key,
        name,
        content,
        extra: { visible_to: forCitizen ? 'citizen' : 'body' },
        onProgress,
      }),
    saveFile: (file) => saveFile(`/api/v1/body/files/${file.id}`, { Authorization: `Bearer ${token}` }, file.name),
  };
}
