import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { ApiError, type Api, type Bookable, type BookingKind, type FreeSlot } from '../api';
import { problemText } from '../conversation';
import { dayOf, timeOf } from '../dates';
import { newId } from '../ids';
import { texts } from '../texts';
import type { TicketKeys } from './TicketLookup';

interface Props {
  api: Api;
  keys: TicketKeys;
  /** Of the ticket: another one may mean that nothing can be booked any more. */
  state: string;
  /** Reads the ticket anew: what was booked is in its thread and changes what comes next. */
  onChange: () => void;
}

/** Times that are agreed for a ticket, and agreeing on one: to come, or to be called. */
export function TicketBookings({ api, keys, state: ticketState, onChange }: Props) {
  const t = texts.bookings;
  const [state, setState] = useState<Bookable | null>(null);
  const [open, setOpen] = useState<BookingKind | null>(null);
  const [problem, setProblem] = useState('');
  const [done, setDone] = useState('');
  const [sending, setSending] = useState(false);

  useEffect(() => {
    let gone = false;
    api.bookings(keys.number, keys.code).then(
      (found) => !gone && setState(found),
      (error: unknown) => !gone && setProblem(said(error)),
    );
    return () => {
      gone = true;
    };
  }, [api, keys.number, keys.code, ticketState]);

  async function run(act: () => Promise<Bookable>, words: string): Promise<boolean> {
    if (sending) return false;
    setSending(true);
    setProblem('');
    setDone('');
    try {
      setState(await act());
      setDone(words);
      setOpen(null);
      onChange();
      return true;
    } catch (error) {
      setProblem(said(error));
      // Somebody else was first: show what is left.
      if (error instanceof ApiError && error.status === 409) setState(await api.bookings(keys.number, keys.code).catch(() => state));
      return false;
    } finally {
      setSending(false);
    }
  }

  if (!state) return problem ? <p className="amber-note">{problem}</p> : null;
  if (!state.may && state.booked.length === 0) return null;
  const booked = (kind: BookingKind) => state.booked.find((one) => one.kind === kind);

  return (
    <section className="part bookings">
      <h4>{t.heading}</h4>
      {state.booked.map((one) => (
        <p key={one.kind} className="booked">
          {t.booked(one.kind, `${dayOf(one.starts)}${timeOf(one.starts)}–${timeOf(one.ends)}`, one.body_name)}
        </p>
      ))}
      {state.may && (
        <div className="ticket-buttons">
          {(['visit', 'callback'] as const).map((kind) => (
            <button
              key={kind}
              type="button"
              className="button"
              aria-expanded={open === kind}
              onClick={() => {
                setOpen(open === kind ? null : kind);
                setProblem('');
                setDone('');
              }}
            >
              {booked(kind) ? t.move[kind] : t.book[kind]}
            </button>
          ))}
          {state.booked.map(({ kind }) => (
            <button
              key={`no-${kind}`}
              type="button"
              className="button"
              aria-disabled={sending}
              onClick={() => void run(() => api.cancelBooking(keys.number, keys.code, kind), t.cancelled)}
            >
              {t.cancel[kind]}
            </button>
          ))}
        </div>
      )}
      {open === 'visit' &&
        state.sites.map(({ body, slots, note }) => (
          <Times
            key={body.id}
            heading={body.name}
            slots={slots}
            note={note}
            sending={sending}
            onPick={(starts, key) => run(() => api.book(keys.number, keys.code, { kind: 'visit', body_id: body.id, starts, key }), t.done)}
          />
        ))}
      {open === 'callback' && (
        <Times
          slots={state.windows}
          note={state.window_note}
          sending={sending}
          phone={state.phone}
          onPick={(starts, key, phone) => run(() => api.book(keys.number, keys.code, { kind: 'callback', starts, key, phone }), t.done)}
        />
      )}
      <div role="status">
        {problem && <p className="amber-note">{problem}</p>}
        {done && <p>{done}</p>}
      </div>
    </section>
  );
}

interface TimesProps {
  heading?: string;
  slots: FreeSlot[];
  note: string;
  sending: boolean;
  /** The end of the number that would be called; given for a callback only. */
  phone?: string;
  onPick: (starts: string, key: string, phone: string) => Promise<boolean>;
}

function Times({ heading, slots, note, sending, phone, onPick }: TimesProps) {
  const t = texts.bookings;
  const id = useId();
  const days = [...new Set(slots.map(({ starts }) => dayOf(starts)))];
  const [day, setDay] = useState(days[0] ?? '');
  const [starts, setStarts] = useState('');
  const [number, setNumber] = useState('');
  const [missing, setMissing] = useState('');
  const key = useRef('');
  const shown = slots.filter((slot) => dayOf(slot.starts) === day);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!starts) setMissing(t.noTime);
    else if (phone === '' && !number.trim()) setMissing(t.noPhone);
    else {
      setMissing('');
      key.current ||= newId(); // kept when it fails, so that trying again does it once
      void onPick(starts, key.current, number).then((sent) => {
        if (sent) key.current = '';
      });
    }
  }

  if (days.length === 0) return <p className="amber-note">{note}</p>;
  return (
    <form onSubmit={submit} noValidate>
      {heading && <p className="ticket-body">{heading}</p>}
      <div className="field">
        <label htmlFor={`${id}day`}>{t.day}</label>
        <select
          id={`${id}day`}
          value={day}
          onChange={(event) => {
            setDay(event.target.value);
            setStarts('');
            key.current = '';
          }}
        >
          {days.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </div>
      <fieldset className="times">
        <legend>{t.time}</legend>
        {shown.map((slot) => (
          <label key={slot.starts} className="rating-choice">
            <input
              type="radio"
              name={`${id}time`}
              checked={starts === slot.starts}
              onChange={() => {
                setStarts(slot.starts);
                key.current = '';
              }}
            />
            {timeOf(slot.starts)}–{timeOf(slot.ends)}
          </label>
        ))}
      </fieldset>
      {phone !== undefined && (
        <div className="field">
          <label htmlFor={`${id}phone`}>{phone ? t.otherPhone(phone) : t.phone}</label>
          <input
            id={`${id}phone`}
            type="tel"
            autoComplete="tel"
            maxLength={30}
            value={number}
            onChange={(event) => setNumber(event.target.value)}
          />
        </div>
      )}
      {missing && <p className="field-error">{missing}</p>}
      <button type="submit" className="button primary wide" aria-disabled={sending}>
        {sending ? t.sending : t.submit}
      </button>
    </form>
  );
}

function said(error: unknown): string {
  return error instanceof ApiError && error.problem?.detail ? error.problem.detail : problemText(error);
}
