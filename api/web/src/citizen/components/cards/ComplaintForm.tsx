import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { ApiError, type ComplaintCard, type ComplaintRequest, type FieldError, type OpenedTicket } from '../../api';
import { problemText } from '../../conversation';
import { newId } from '../../ids';
import { useReader } from '../../reader';
import { texts } from '../../texts';
import { ConsentBox } from './ConsentBox';
import { TicketCard } from './TicketCard';

interface Props {
  card: ComplaintCard;
  /** Throws what the API threw. */
  onComplain: (complaint: ComplaintRequest) => Promise<OpenedTicket>;
  onFollow: (number: string, queryCode: string) => void;
}

/** Whom the complaint is about and what happened. Its slip takes the form's place and is kept nowhere else on this page. */
export function ComplaintForm({ card, onComplain, onFollow }: Props) {
  const t = texts.complaint;
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const key = useRef(newId());
  const { place } = useReader();
  const [told, setTold] = useState({ target: card.target, about: '', area: '', text: '', name: '', phone: '' });
  const [agreed, setAgreed] = useState(false);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [message, setMessage] = useState('');
  const [sending, setSending] = useState(false);
  const [opened, setOpened] = useState<OpenedTicket | null>(null);

  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [errors]);

  const slip = opened?.reply.cards.find((one) => one.kind === 'ticket');
  if (opened && slip?.kind === 'ticket')
    return (
      <>
        <p className="card" role="status">
          {opened.reply.text}
        </p>
        <TicketCard card={slip} fresh onFollow={() => onFollow(slip.number, slip.query_code)} />
      </>
    );

  const target = card.targets.find((one) => one.id === told.target);
  const errorOf = (field: string) => errors.find((error) => error.field === field)?.message;
  const set = (changes: Partial<typeof told>) => setTold({ ...told, ...changes });

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (sending) return;
    const missing = [
      ...(told.target ? [] : [{ field: 'target', message: t.targetMissing }]),
      ...(told.text.trim() ? [] : [{ field: 'text', message: t.textMissing }]),
      ...(agreed ? [] : [{ field: 'consent', message: texts.ticketForm.consentMissing }]),
    ];
    setErrors(missing);
    setMessage('');
    if (missing.length > 0) return;
    setSending(true);
    try {
      const area = target?.by_area ? told.area : '';
      setOpened(await onComplain({ ...told, area, key: key.current, consent: { version: card.consent.version, agreed: true } }));
    } catch (error) {
      if (error instanceof ApiError && error.status === 422) setErrors(error.problem?.errors ?? []);
      const detail = error instanceof ApiError && error.problem?.detail;
      setMessage(detail || `${problemText(error)}${texts.ticketForm.retryKept}`);
    } finally {
      setSending(false);
    }
  }

  const field = (name: 'about' | 'name' | 'phone', label: string, most: number) => (
    <div className="field">
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input
        id={`${id}-${name}`}
        type={name === 'phone' ? 'tel' : 'text'}
        autoComplete={place === 'kiosk' || name === 'about' ? 'off' : name === 'phone' ? 'tel' : 'name'}
        maxLength={most}
        value={told[name]}
        aria-invalid={errorOf(name) ? true : undefined}
        aria-describedby={`${id}-${name}-error`}
        onChange={(event) => set({ [name]: event.target.value })}
      />
      <p id={`${id}-${name}-error`} className="field-error">
        {errorOf(name)}
      </p>
    </div>
  );

  return (
    <form className="card ticket-form" ref={form} onSubmit={(event) => void submit(event)} noValidate>
      <h3>{t.heading}</h3>
      <p>{t.hint}</p>
      <fieldset aria-describedby={`${id}-target-error`}>
        <legend>{t.target}</legend>
        {card.targets.map((one) => (
          <label className="consent" key={one.id}>
            <input
              type="radio"
              name={`${id}-target`}
              checked={told.target === one.id}
              aria-invalid={errorOf('target') ? true : undefined}
              onChange={() => set({ target: one.id })}
            />
            <span>{one.name}</span>
          </label>
        ))}
      </fieldset>
      <p id={`${id}-target-error`} className="field-error">
        {errorOf('target')}
      </p>
      {target && (
        <p className="form-for" aria-live="polite">
          {target.text}
        </p>
      )}
      {target?.by_area && (
        <div className="field">
          <label htmlFor={`${id}-area`}>{t.area}</label>
          <select id={`${id}-area`} value={told.area} onChange={(event) => set({ area: event.target.value })}>
            <option value="">{t.areaUnknown}</option>
            {card.areas.map((area) => (
              <option key={area}>{area}</option>
            ))}
          </select>
        </div>
      )}
      {field('about', t.about, 120)}
      <div className="field">
        <label htmlFor={`${id}-text`}>{t.text}</label>
        <textarea
          id={`${id}-text`}
          rows={4}
          maxLength={4000}
          value={told.text}
          aria-invalid={errorOf('text') ? true : undefined}
          aria-describedby={`${id}-text-error`}
          onChange={(event) => set({ text: event.target.value })}
        />
        <p id={`${id}-text-error`} className="field-error">
          {errorOf('text')}
        </p>
      </div>
      {field('name', texts.ticketForm.name, 40)}
      {field('phone', texts.ticketForm.phone, 30)}
      <ConsentBox
        id={id}
        consent={card.consent}
        agreed={agreed}
        error={errorOf('consent')}
        onChange={setAgreed}
      />
      <div role="status">{message && <p className="amber-note">{message}</p>}</div>
      <button type="submit" className="button primary wide" aria-disabled={sending}>
        {sending ? texts.ticketForm.submitting : t.submit}
      </button>
    </form>
  );
}
