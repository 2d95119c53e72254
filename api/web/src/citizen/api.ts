/** The citizen's side of the HTTP API, version 1. Names are those of the contract. */
import type { FileLimits, TicketFile } from '../files/files';
import type { Status } from './live';
import type { Slip } from './storage';

export type Action = 'unresolved' | 'human' | 'resolved' | 'refer' | 'safe_now' | 'stop_waiting' | 'same_ticket' | 'other_ticket';

/** Why an answer did not help. */
export type UnsolvedReason = 'other_question' | 'not_understood' | 'did_not_work' | 'wrong' | 'other';

export interface Choice {
  question: string;
  value: string;
}

/** What one message carries: exactly one of the three. */
export type Send =
  | { text: string; choice?: never; action?: never }
  | { choice: Choice; text?: never; action?: never }
  | { action: Action; text?: never; choice?: never };

export interface QuickReply {
  label: string;
  send: Send;
}

export interface Body {
  id: string;
  type: string;
  name: string;
  area: string;
  address: string | null;
  phone: string | null;
  hours: string | null;
  website: string | null;
  state: 'confirmed' | 'unconfirmed';
  unknown_note: string;
  remarks?: string[];
}

export interface Phone {
  number: string;
  name: string;
}

export interface DangerCard {
  kind: 'danger';
  lines: string[];
  phones: Phone[];
}

export interface TimeLimit {
  text: string;
  basis: string;
}

export interface Statute {
  id: string;
  text: string;
  effective: string;
}

export interface AnswerCard {
  kind: 'answer';
  case_id: string;
  title: string;
  answer: string;
  settles: string;
  steps: string[];
  bring: string[];
  time_limits: TimeLimit[];
  statutes: Statute[];
  other_sources: string[];
  note: string;
  sample: boolean;
}

export interface Option {
  value: string;
  label: string;
}

export interface QuestionCard {
  kind: 'question';
  id: string;
  text: string;
  why: string;
  options: Option[];
}

export interface Hotline {
  number: string;
  name: string;
  note: string;
}

export interface Reason {
  text: string;
  source: string;
}

export interface LegalAid {
  level: string;
  text: string;
  basis: string[];
  papers: string[];
}

export interface ReferralCard {
  kind: 'referral';
  body: Body;
  what_it_does: string;
  say_there: string;
  bring: string[];
  alternatives: { type: string; name: string }[];
  hotlines: Hotline[];
  reasons: Reason[];
  legal_aid: LegalAid | null;
}

export interface DeadlineCard {
  kind: 'deadline';
  text: string;
  last_day: string | null;
  days_left: number | null;
  basis: string;
}

export interface Consent {
  version: string;
  text: string;
}

export interface TicketFormCard {
  kind: 'ticket_form';
  for_body: string;
  /** Whom the person said to ask for (「妈」), or null: then the form begins as a helper's. */
  on_behalf_of?: string | null;
  /** What a helper confirms, by what the helper is to the person. */
  helper_consent?: Partial<Record<Relation, string>>;
  consent: Consent;
}

/** Whom one can complain about, what becomes of it and by which source. */
export interface ComplaintTarget {
  id: string;
  name: string;
  text: string;
  source: string;
  by_area: boolean;
}

export interface ComplaintCard {
  kind: 'complaint';
  targets: ComplaintTarget[];
  areas: string[];
  /** Whom the words seem to mean; empty when unsure. */
  target: string;
  consent: Consent;
}

export interface ComplaintRequest {
  key: string;
  target: string;
  about: string;
  area: string;
  text: string;
  name: string;
  phone: string;
  consent: { version: string; agreed: true };
}

export interface TicketCard {
  kind: 'ticket';
  number: string;
  query_code: string;
  body: Body;
  sent: string[];
  next: string;
}

export interface NoticeCard {
  kind: 'notice';
  text: string;
}

export type Card =
  | DangerCard
  | AnswerCard
  | QuestionCard
  | ReferralCard
  | DeadlineCard
  | TicketFormCard
  | ComplaintCard
  | TicketCard
  | NoticeCard;

export type Outcome =
  | 'answered'
  | 'ask'
  | 'refer'
  | 'handoff'
  | 'emergency'
  | 'out_of_scope'
  | 'unsure'
  | 'talk'
  | 'ticket';

export interface Reply {
  id: string;
  outcome: Outcome;
  text: string;
  cards: Card[];
  quick_replies: QuickReply[];
  /** Asked in English: the essentials are, and so are the words of the page that are needed to go on. */
  english?: boolean;
}

export interface Meta {
  name: string;
  notice: string;
  consent: Consent;
  examples: string[];
  hotline: string;
  file_limits: FileLimits;
}

/** The id of a conversation and the secret that opens it. */
export interface Session {
  id: string;
  token: string;
}

export interface NewConversation extends Session {
  expires_at: string;
  reply: Reply;
}

export interface HistoryMessage {
  id?: number;
  from: 'citizen' | 'bot' | 'agent';
  name?: string;
  client_id?: string | null;
  text: string;
  reply?: Reply | null;
  at: string;
}

export interface History {
  id: string;
  created_at: string;
  expires_at: string;
  messages: HistoryMessage[];
  tickets: string[];
  status?: Status;
}

export interface MessageAnswer {
  client_id: string;
  /** Null while a person has the conversation: then the machine is silent. */
  reply: Reply | null;
}

/** Where people write from, as the service counts it. */
export type Channel = 'web' | 'kiosk';

/** What the helper is to the person. */
export type Relation = 'family' | 'friend' | 'grid_worker' | 'guardian';

/** Somebody acts for the person: the story is the person's, the contact is the helper's. */
export interface ForSomeone {
  relation: Relation;
  agreed: true;
}

export interface TicketRequest {
  conversation_id: string;
  name?: string;
  phone?: string;
  note?: string;
  for_someone?: ForSomeone;
  known_tickets?: readonly Slip[];
  consent: { version: string; agreed: true };
}

export interface OpenedTicket {
  number: string;
  query_code: string;
  reply: Reply;
}

export interface TicketEvent {
  at: string;
  text: string;
}

export interface TicketStatus {
  number: string;
  state: string;
  state_text: string;
  opened_at: string;
  matter_name: string;
  body: Body;
  next_step: string;
  events: TicketEvent[];
  /** Kinds of `TicketAction` that can be done now. */
  may: string[];
  /** What the body asked and is waiting for; empty otherwise. */
  question: string;
  /** What the body answered last; empty before. */
  answer: string;
  rating: number;
  ratings: { level: number; name: string }[];
  files: TicketFile[];
  /** What can be added; null when nothing can. */
  file_limits: FileLimits | null;
  /** Whom the complaint is about; empty for another ticket. */
  complaint: string;
}

/** What its citizen does with a ticket; the same `key` again does nothing more. */
export interface TicketAction {
  kind: 'citizen_wrote' | 'confirmed' | 'not_solved' | 'withdrawn' | 'rated';
  key: string;
  text?: string;
  level?: number;
}

export type BookingKind = 'visit' | 'callback';

export interface FreeSlot {
  starts: string;
  ends: string;
}

/** What is agreed for a ticket and what can be. */
export interface Bookable {
  booked: { kind: BookingKind; body_name: string; starts: string; ends: string }[];
  may: boolean;
  sites: { body: Body; slots: FreeSlot[]; note: string }[];
  windows: FreeSlot[];
  window_note: string;
  /** The end of the number that would be called; empty when there is none. */
  phone: string;
}

/** A time that was offered; the same `key` again does nothing more. */
export interface BookingRequest {
  kind: BookingKind;
  starts: string;
  key: string;
  body_id?: string;
  phone?: string;
}

export type NoticeChannel = 'wechat' | 'sms' | 'email';

/** Where news of a ticket goes. `address` is a hint, empty while nothing is told there. */
export interface NoticeContacts {
  channels: { channel: NoticeChannel; name: string; address: string; failed: boolean }[];
  consent: Consent;
  phone: string;
}

/** All that is kept of a person, for taking along. Name and phone are masked. */
export interface DataCopy {
  tickets: {
    number: string;
    opened_at: string;
    state_text: string;
    matter_name: string;
    name: string;
    phone: string;
    told: { who: string; text: string }[];
    note: string;
    events: { at: string; by: string; text: string }[];
    files: { name: string }[];
    news_by: NoticeChannel[];
    erased: boolean;
  }[];
  conversations: { messages: { at: string; who: string; text: string; answer: string }[] }[];
  remarks: string[];
}

/** What was erased, and in `remarks` what stays. */
export interface Erased {
  tickets: string[];
  kept: string[];
  conversations: number;
  remarks: string[];
}

export interface FieldError {
  field: string;
  message: string;
}

/** RFC 9457 problem details; `title` and `detail` are sentences that can be shown. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  errors?: FieldError[];
  /** What is to be proved before the same request is answered: only while the service is flooded. */
  challenge?: string;
}

/**
 * A request that did not succeed.
 *
 * `status` is the HTTP status, or null when no answer came: then `timedOut` tells a silent server from a missing network.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number | null,
    readonly problem: Problem | null = null,
    readonly timedOut = false,
  ) {
    super(problem?.detail ?? `HTTP ${status ?? 'unreachable'}`);
    this.name = 'ApiError';
  }
}

export interface Api {
  meta(): Promise<Meta>;
  startConversation(): Promise<NewConversation>;
  /** `slips` are tickets of this device: what is said about one of them again is told how it stands. */
  sendMessage(session: Session, clientId: string, send: Send, slips?: readonly Slip[]): Promise<MessageAnswer>;
  history(session: Session): Promise<History>;
  tellReason(session: Session, reason: UnsolvedReason): Promise<void>;
  openTicket(session: Session, idempotencyKey: string, request: TicketRequest): Promise<OpenedTicket>;
  complain(session: Session, complaint: ComplaintRequest): Promise<OpenedTicket>;
  complaintForm(): Promise<ComplaintCard>;
  complainOfTicket(number: string, queryCode: string, complaint: ComplaintRequest): Promise<OpenedTicket>;
  ticketStatus(number: string, queryCode: string): Promise<TicketStatus>;
  actOnTicket(number: string, queryCode: string, action: TicketAction): Promise<TicketStatus>;
  bookings(number: string, queryCode: string): Promise<Bookable>;
  book(number: string, queryCode: string, request: BookingRequest): Promise<Bookable>;
  cancelBooking(number: string, queryCode: string, kind: BookingKind): Promise<Bookable>;
  noticeContacts(number: string, queryCode: string): Promise<NoticeContacts>;
  keepNoticeContact(
    number: string,
    queryCode: string,
    channel: NoticeChannel,
    contact: { address: string; consent: { version: string; agreed: boolean } },
  ): Promise<NoticeContacts>;
  dropNoticeContact(number: string, queryCode: string, channel: NoticeChannel): Promise<NoticeContacts>;
  copyConversation(session: Session): Promise<DataCopy>;
  eraseConversation(session: Session): Promise<Erased>;
  copyTicket(number: string, queryCode: string): Promise<DataCopy>;
  eraseTicket(number: string, queryCode: string): Promise<Erased>;
}

const ROOT = '/api/v1';
const TIMEOUT_MS = 30_000;
const MOST_PROOFS = 2; // for one request: the address of a phone may have changed in between

interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  cache?: RequestCache;
  session?: Session;
  headers?: Record<string, string>;
  body?: unknown;
}

type Fetch = (path: string, init: RequestInit) => Promise<Response>;

interface ApiOptions {
  channel?: Channel;
  send?: Fetch;
  timeoutMs?: number;
  /** Does the work of a challenge. */
  prove?: (challenge: string) => Promise<string>;
}

/** Comes when it is needed, which is next to never. */
const proveWork = (challenge: string) => import('./proof').then((module) => module.prove(challenge));

export function createApi(options: ApiOptions = {}): Api {
  const { channel = 'web', send = (path, init) => fetch(path, init), timeoutMs = TIMEOUT_MS, prove = proveWork } = options;

  /** Does what the service asks for under attack without the person doing anything. */
  async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
    let proof: Record<string, string> = {};
    for (let proofs = 0; ; proofs += 1) {
      try {
        return await requestOnce<T>(path, { ...options, headers: { ...options.headers, ...proof } });
      } catch (error) {
        const challenge = error instanceof ApiError && error.status === 428 ? error.problem?.challenge : undefined;
        if (!challenge || proofs === MOST_PROOFS) throw error;
        proof = {
          'X-Proof': await prove(challenge).catch(() => {
            throw error;
          }),
        };
      }
    }
  }

  async function requestOnce<T>(path: string, options: RequestOptions): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
    if (options.session) headers.Authorization = `Bearer ${options.session.token}`;
    if (options.body !== undefined) headers['Content-Type'] = 'application/json';

    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      const { method = 'GET', cache = 'no-store' } = options;
      const init: RequestInit = { method, headers, cache, signal: abort.signal };
      if (options.body !== undefined) init.body = JSON.stringify(options.body);
      const response = await send(ROOT + path, init);
      if (!response.ok) throw new ApiError(response.status, await problemOf(response));
      return (response.status === 204 ? undefined : await response.json()) as T;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(null, null, abort.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    // Asked for by the page's head already (`preload`), which `no-store` would not find.
    meta: () => request('/meta', { cache: 'default' }),
    startConversation: () => request('/conversations', { method: 'POST', body: { channel } }),
    sendMessage: (session, clientId, send, slips = []) =>
      request(`/conversations/${encodeURIComponent(session.id)}/messages`, {
        method: 'POST',
        session,
        body: { client_id: clientId, ...send, ...(slips.length > 0 && { known_tickets: slips }) },
      }),
    history: (session) => request(`/conversations/${encodeURIComponent(session.id)}`, { session }),
    tellReason: (session, reason) =>
      request(`/conversations/${encodeURIComponent(session.id)}/unresolved-reason`, {
        method: 'POST',
        session,
        body: { reason },
      }),
    openTicket: (session, idempotencyKey, ticket) =>
      request('/tickets', {
        method: 'POST',
        session,
        headers: { 'Idempotency-Key': idempotencyKey },
        body: ticket,
      }),
    complain: (session, complaint) =>
      request(`/conversations/${encodeURIComponent(session.id)}/complaints`, { method: 'POST', session, body: complaint }),
    complaintForm: () => request('/complaints/form'),
    complainOfTicket: (number, queryCode, complaint) =>
      request(`/tickets/${encodeURIComponent(number)}/complaints`, {
        method: 'POST',
        headers: { 'X-Query-Code': queryCode },
        body: complaint,
      }),
    ticketStatus: (number, queryCode) =>
      request(`/tickets/${encodeURIComponent(number)}`, { headers: { 'X-Query-Code': queryCode } }),
    actOnTicket: (number, queryCode, action) =>
      request(`/tickets/${encodeURIComponent(number)}/actions`, {
        method: 'POST',
        headers: { 'X-Query-Code': queryCode },
        body: action,
      }),
    bookings: (number, queryCode) =>
      request(`/tickets/${encodeURIComponent(number)}/bookings`, { headers: { 'X-Query-Code': queryCode } }),
    book: (number, queryCode, booking) =>
      request(`/tickets/${encodeURIComponent(number)}/bookings`, {
        method: 'POST',
        headers: { 'X-Query-Code': queryCode },
        body: booking,
      }),
    cancelBooking: (number, queryCode, kind) =>
      request(`/tickets/${encodeURIComponent(number)}/bookings/${kind}`, {
        method: 'DELETE',
        headers: { 'X-Query-Code': queryCode },
      }),
    noticeContacts: (number, queryCode) =>
      request(`/tickets/${encodeURIComponent(number)}/notices`, { headers: { 'X-Query-Code': queryCode } }),
    keepNoticeContact: (number, queryCode, channel, contact) =>
      request(`/tickets/${encodeURIComponent(number)}/notices/${channel}`, {
        method: 'PUT',
        headers: { 'X-Query-Code': queryCode },
        body: contact,
      }),
    dropNoticeContact: (number, queryCode, channel) =>
      request(`/tickets/${encodeURIComponent(number)}/notices/${channel}`, {
        method: 'DELETE',
        headers: { 'X-Query-Code': queryCode },
      }),
    copyConversation: (session) => request(`/conversations/${encodeURIComponent(session.id)}/my-data`, { session }),
    eraseConversation: (session) =>
      request(`/conversations/${encodeURIComponent(session.id)}/erase`, {
        method: 'POST',
        session,
        body: { agreed: true },
      }),
    copyTicket: (number, queryCode) =>
      request(`/tickets/${encodeURIComponent(number)}/my-data`, { headers: { 'X-Query-Code': queryCode } }),
    eraseTicket: (number, queryCode) =>
      request(`/tickets/${encodeURIComponent(number)}/erase`, {
        method: 'POST',
        headers: { 'X-Query-Code': queryCode },
        body: { agreed: true },
      }),
  };
}

/** The problem details of an error answer, or null when something in between answered in another form. */
async function problemOf(response: Response): Promise<Problem | null> {
  if (!(response.headers.get('content-type') ?? '').includes('json')) return null;
  try {
    return (await response.json()) as Problem;
  } catch {
    return null;
  }
}
