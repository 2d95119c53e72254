import { useEffect, useMemo, useRef, useState, type FormEvent, type Ref } from 'react';
import { FileBox } from '../../files/FileBox';
import { ApiError, type Api, type TicketAction, type TicketStatus } from '../api';
import { problemText } from '../conversation';
import { dayAndTime } from '../dates';
import { useReader } from '../reader';
import { texts } from '../texts';
import { saveTicketFile, takeBackTicketFile, ticketQueue } from '../ticketFiles';
import { MyData } from './MyData';
import { BodyDetails } from './cards/BodyDetails';
import { PhoneText } from './PhoneText';
import { TicketComplaint } from './TicketComplaint';
import { TicketActions } from './TicketActions';
import { TicketBookings } from './TicketBookings';
import { TicketNotices } from './TicketNotices';

export interface TicketKeys {
  number: string;
  code: string;
}

interface Props {
  api: Api;
  /** Filled in, and looked up at once, when the person comes from a slip on the screen. */
  keys: TicketKeys | null;
  /** Tickets whose content was erased. */
  onErased: (numbers: string[]) => void;
  onBack: () => void;
}

export function TicketLookup({ api, keys, onErased, onBack }: Props) {
  const t = texts.lookup;
  const [number, setNumber] = useState(keys?.number ?? '');
  const [code, setCode] = useState(keys?.code ?? '');
  const [missing, setMissing] = useState<{ number?: string; code?: string }>({});
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState('');
  const [ticket, setTicket] = useState<TicketStatus | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const result = useRef<HTMLHeadingElement>(null);
  const usedCode = useRef('');

  useEffect(() => {
    heading.current?.focus();
    if (keys) void find(keys.number, keys.code);
    // Once, for the slip the person came from.
  }, []);

  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [missing]);

  // When another ticket was found, not when something was done with this one.
  useEffect(() => result.current?.focus(), [ticket?.number]);

  async function find(ticketNumber: string, queryCode: string) {
    setLoading(true);
    setProblem('');
    try {
      setTicket(await api.ticketStatus(ticketNumber, queryCode));
      usedCode.current = queryCode;
    } catch (error) {
      setTicket(null);
      setProblem(lookupProblem(error));
    } finally {
      setLoading(false);
    }
  }

  async function act(action: TicketAction) {
    if (!ticket) return;
    setTicket(await api.actOnTicket(ticket.number, usedCode.current, action));
  }

  function follow(ticketNumber: string, queryCode: string) {
    setNumber(ticketNumber);
    setCode(queryCode);
    void find(ticketNumber, queryCode);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (loading) return;
    const wanted = tidyKeys({ number, code });
    const gaps = {
      ...(!wanted.number && { number: t.missingNumber }),
      ...(!wanted.code && { code: t.missingCode }),
    };
    setMissing(gaps);
    if (!gaps.number && !gaps.code) void find(wanted.number, wanted.code);
  }

  return (
    <main className="scroller lookup">
      <div className="column">
        <button type="button" className="button" onClick={onBack}>
          {t.back}
        </button>
        <h2 ref={heading} tabIndex={-1}>
          {t.heading}
        </h2>
        <p>{t.intro}</p>
        <form ref={form} className="card" onSubmit={submit} noValidate>
          <KeyField
            id="ticket-number"
            label={t.number}
            example={t.numberExample}
            value={number}
            error={missing.number}
            onChange={setNumber}
          />
          <KeyField
            id="ticket-code"
            label={t.code}
            example={t.codeExample}
            value={code}
            error={missing.code}
            onChange={setCode}
          />
          <button type="submit" className="button primary wide" aria-disabled={loading}>
            {loading ? t.loading : t.submit}
          </button>
        </form>
        <div role="status">
          {problem && (
            <p className="amber-note">
              <PhoneText text={problem} />
            </p>
          )}
        </div>
        {ticket && (
          <TicketProgress
            api={api}
            ticket={ticket}
            code={usedCode.current}
            headingRef={result}
            onAct={act}
            onChange={setTicket}
            onFollow={follow}
            onErased={onErased}
          />
        )}
      </div>
    </main>
  );
}

interface ProgressProps {
  api: Api;
  ticket: TicketStatus;
  code: string;
  headingRef: Ref<HTMLHeadingElement>;
  onAct: (action: TicketAction) => Promise<void>;
  onChange: (ticket: TicketStatus) => void;
  onFollow: (number: string, code: string) => void;
  onErased: (numbers: string[]) => void;
}

function TicketProgress({ api, ticket, code, headingRef, onAct, onChange, onFollow, onErased }: ProgressProps) {
  const t = texts.lookup;
  const { place } = useReader();
  const own = place !== 'kiosk'; // others stand before a terminal after this person
  const queue = useMemo(() => ticketQueue(ticket.number, code, onChange), [ticket.number, code, onChange]);
  return (
    <article className="card slip" aria-live="polite">
      <p className="slip-heading">
        {t.state}（{ticket.number}）
      </p>
      <h3 className="slip-name" ref={headingRef} tabIndex={-1}>
        {ticket.state_text}
      </h3>
      {ticket.next_step && (
        <section className="part">
          <h4>{t.nextStep}</h4>
          <p>
            <PhoneText text={ticket.next_step} />
          </p>
        </section>
      )}
      <TicketActions key={ticket.number} ticket={ticket} onAct={onAct} />
      <TicketBookings
        key={`bookings ${ticket.number}`}
        api={api}
        keys={{ number: ticket.number, code }}
        state={ticket.state}
        onChange={() => void api.ticketStatus(ticket.number, code).then(onChange, () => undefined)}
      />
      {own && (ticket.files.length > 0 || ticket.file_limits) && (
        <section className="part">
          <h4>{t.files}</h4>
          <FileBox
            files={ticket.files}
            limits={ticket.file_limits}
            queue={queue}
            own="citizen"
            save={(file) => saveTicketFile(ticket.number, code, file)}
            takeBack={(file) => takeBackTicketFile(ticket.number, code, file).then(onChange)}
          />
        </section>
      )}
      <TicketComplaint key={`complaint ${ticket.number}`} api={api} ticket={ticket} code={code} onFollow={onFollow} />
      {own && <TicketNotices key={`notices ${ticket.number}`} api={api} keys={{ number: ticket.number, code }} />}
      <dl className="body-details">
        <div>
          <dt>{t.matter}</dt>
          <dd>{ticket.matter_name}</dd>
        </div>
        <div>
          <dt>{t.openedAt}</dt>
          <dd>{dayAndTime(ticket.opened_at)}</dd>
        </div>
      </dl>
      <section className="part">
        <h4>{t.body}</h4>
        <p className="ticket-body">{ticket.body.name}</p>
        <BodyDetails body={ticket.body} />
      </section>
      <section className="part">
        <h4>{t.events}</h4>
        {ticket.events.length === 0 && <p>{t.noEvents}</p>}
        <ol className="events">
          {ticket.events.map((event, index) => (
            <li key={index}>
              <time dateTime={event.at}>{dayAndTime(event.at)}</time>
              <PhoneText text={event.text} />
            </li>
          ))}
        </ol>
      </section>
      {own && (
        <details>
          <summary>{texts.myData.heading}</summary>
          <MyData
            key={`data ${ticket.number}`}
            load={() => api.copyTicket(ticket.number, code)}
            erase={async () => {
              const erased = await api.eraseTicket(ticket.number, code);
              onErased(erased.tickets);
              return erased;
            }}
          />
        </details>
      )}
    </article>
  );
}

interface KeyFieldProps {
  id: string;
  label: string;
  example: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function KeyField({ id, label, example, value, error, onChange }: KeyFieldProps) {
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} <small>{example}</small>
      </label>
      <input
        id={id}
        className="key-input"
        value={value}
        maxLength={40}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-error`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-error`} className="field-error">
        {error}
      </p>
    </div>
  );
}

/** As people type them from a slip: small letters, blanks, full-width characters of the Chinese keyboard. */
export function tidyKeys({ number, code }: TicketKeys): TicketKeys {
  const tidy = (text: string) => text.normalize('NFKC').replace(/[\s·]/g, '').replace(/[—–－]/g, '-').toUpperCase();
  return { number: tidy(number), code: tidy(code) };
}

function lookupProblem(error: unknown): string {
  if (!(error instanceof ApiError)) return problemText(error);
  if (error.status === null) return texts.failure.load;
  if (error.problem?.detail) return error.problem.detail;
  if (error.status === 404) return texts.lookup.notFound;
  if (error.status === 429) return texts.lookup.tooMany;
  return problemText(error);
}
