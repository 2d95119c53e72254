import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import type { FieldError, Relation, TicketFormCard } from '../../api';
import type { Contact, FormState, TicketResult } from '../../conversation';
import { FileChooser } from '../../../files/FileChooser';
import { sizeText } from '../../../files/files';
import '../../../files/files.css';
import { useReader, useWords } from '../../reader';
import { texts } from '../../texts';
import { Lines } from '../Lines';
import { ConsentBox } from './ConsentBox';

interface Props {
  card: TicketFormCard;
  state: FormState;
  onSubmit: (contact: Contact) => Promise<TicketResult>;
}

export function TicketForm({ card, state, onSubmit }: Props) {
  const t = texts.ticketForm;
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const { place, fileLimits } = useReader();
  const words = useWords();
  const [contact, setContact] = useState({ name: '', phone: '' });
  const [files, setFiles] = useState<readonly File[]>([]);
  const [helping, setHelping] = useState(Boolean(card.on_behalf_of));
  const [relation, setRelation] = useState<Relation | ''>('');
  const [personAgrees, setPersonAgrees] = useState(false);
  const [agreed, setAgreed] = useState(false);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [message, setMessage] = useState('');
  const [submitting, setSubmitting] = useState(false);

  // The first field to correct gets the focus, so that nobody has to look for it.
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [errors]);

  if (state !== 'open') {
    return <p className="card form-closed">{state === 'sent' ? t.sent : t.superseded}</p>;
  }

  const errorOf = (field: string) => errors.find((error) => error.field.split('.')[0] === field)?.message;
  const known = new Set(['name', 'phone', 'consent', 'relation', 'agreed', 'for_someone']);
  const others = errors.filter((error) => !known.has(error.field.split('.')[0]!));

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (submitting) return;
    const missing: FieldError[] = [
      ...(helping && !relation ? [{ field: 'relation', message: t.relationMissing }] : []),
      ...(helping && !personAgrees ? [{ field: 'agreed', message: t.personAgreesMissing }] : []),
      ...(agreed ? [] : [{ field: 'consent', message: words('consentMissing', t.consentMissing) }]),
    ];
    if (missing.length > 0) {
      setMessage('');
      setErrors(missing);
      return;
    }
    setSubmitting(true);
    setErrors([]);
    setMessage('');
    const result = await onSubmit({ ...contact, files, forSomeone: helping && relation ? { relation, agreed: true } : null });
    setSubmitting(false);
    if (result.kind === 'invalid') {
      setErrors(result.errors);
      setMessage(result.message);
    } else if (result.kind === 'failed') {
      setMessage(`${result.message}${t.retryKept}`);
    }
  }

  return (
    <form className="card ticket-form" ref={form} onSubmit={submit} noValidate>
      <h3>{words('form', t.heading)}</h3>
      {card.for_body && <p className="form-for">{t.forBody(card.for_body)}</p>}
      <p>{words('formHint', t.hint)}</p>

      <button
        type="button"
        className="button quiet helping-switch"
        aria-pressed={helping}
        onClick={() => setHelping(!helping)}
      >
        {t.helping}
      </button>
      {helping && (
        <div className="helping">
          <p>{t.helpingHint}</p>
          <fieldset aria-describedby={`${id}-relation-error`}>
            <legend>{t.relation}</legend>
            {RELATIONS.map((choice) => (
              <label className="consent" key={choice}>
                <input
                  type="radio"
                  name={`${id}-relation`}
                  checked={relation === choice}
                  aria-invalid={errorOf('relation') ? true : undefined}
                  onChange={() => setRelation(choice)}
                />
                <span>{t.relations[choice]}</span>
              </label>
            ))}
          </fieldset>
          <p id={`${id}-relation-error`} className="field-error">
            {errorOf('relation')}
          </p>
          <label className="consent">
            <input
              type="checkbox"
              checked={personAgrees}
              aria-invalid={errorOf('agreed') ? true : undefined}
              aria-describedby={`${id}-agreed-error`}
              onChange={(event) => setPersonAgrees(event.target.checked)}
            />
            <span>{card.helper_consent?.[relation || 'family'] ?? t.personAgrees}</span>
          </label>
          <p id={`${id}-agreed-error`} className="field-error">
            {errorOf('agreed')}
          </p>
        </div>
      )}

      <Field
        id={`${id}-name`}
        label={helping ? t.helperName : words('name', t.name)}
        value={contact.name}
        autoComplete={place === 'kiosk' ? 'off' : 'name'}
        error={errorOf('name')}
        onChange={(name) => setContact({ ...contact, name })}
      />
      <Field
        id={`${id}-phone`}
        label={helping ? t.helperPhone : words('phone', t.phone)}
        value={contact.phone}
        type="tel"
        autoComplete={place === 'kiosk' ? 'off' : 'tel'}
        error={errorOf('phone')}
        onChange={(phone) => setContact({ ...contact, phone })}
      />

      {place !== 'kiosk' && fileLimits && (
        <fieldset className="file-box">
          <legend>{t.files}</legend>
          {files.length > 0 && (
            <ul className="files">
              {files.map((file, at) => (
                <li key={`${file.name}-${at}`}>
                  <span className="file-name">{file.name}</span>
                  <small>{sizeText(file.size)}</small>
                  <button type="button" className="button" onClick={() => setFiles(files.filter((other) => other !== file))}>
                    {t.withoutFile}
                  </button>
                </li>
              ))}
            </ul>
          )}
          <FileChooser
            accept={fileLimits.accept}
            onChoose={(chosen) => setFiles([...files, ...chosen].slice(0, fileLimits.more))}
          />
          <p className="file-hint">{fileLimits.text}</p>
        </fieldset>
      )}

      <ConsentBox
        id={id}
        consent={card.consent}
        agreed={agreed}
        error={errorOf('consent')}
        onChange={setAgreed}
      />

      <div role="status">
        {(message || others.length > 0) && (
          <div className="amber-note">
            <Lines lines={[message, ...others.map((error) => error.message)].filter(Boolean)} />
          </div>
        )}
      </div>
      <button type="submit" className="button primary wide" aria-disabled={submitting}>
        {submitting ? t.submitting : words('submit', t.submit)}
      </button>
    </form>
  );
}

const RELATIONS: readonly Relation[] = ['family', 'friend', 'grid_worker', 'guardian'];

interface FieldProps {
  id: string;
  label: string;
  value: string;
  type?: 'text' | 'tel';
  autoComplete: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function Field({ id, label, value, type = 'text', autoComplete, error, onChange }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type={type}
        value={value}
        maxLength={60}
        autoComplete={autoComplete}
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
