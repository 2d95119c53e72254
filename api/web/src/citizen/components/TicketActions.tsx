import { useRef, useState, type FormEvent } from 'react';
import { ApiError, type TicketAction, type TicketStatus } from '../api';
import { problemText } from '../conversation';
import { texts } from '../texts';

type Kind = TicketAction['kind'];

interface Props {
  ticket: TicketStatus;
  /** Does it and shows what came of it; throws what the API threw. */
  onAct: (action: TicketAction) => Promise<void>;
}

/** What the person can do with the ticket now: add something, say whether it is solved, withdraw, rate. */
export function TicketActions({ ticket, onAct }: Props) {
  const t = texts.ticketActions;
  const [open, setOpen] = useState<Kind | null>(null);
  const [text, setText] = useState('');
  const [level, setLevel] = useState(0);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState('');
  const [done, setDone] = useState('');
  const key = useRef('');
  const may = (kind: Kind) => ticket.may.includes(kind);

  function choose(kind: Kind | null) {
    key.current = newKey();
    setOpen(kind);
    setProblem('');
    setDone('');
  }

  async function send(action: Omit<TicketAction, 'key'>) {
    if (sending) return;
    setSending(true);
    setProblem('');
    try {
      key.current ||= newKey(); // kept when it fails, so that trying again does it once
      await onAct({ ...action, key: key.current });
      key.current = '';
      setDone(t.done[action.kind]);
      setOpen(null);
      setText('');
      setLevel(0);
    } catch (error) {
      setProblem(error instanceof ApiError && error.problem?.detail ? error.problem.detail : problemText(error));
    } finally {
      setSending(false);
    }
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!open) return;
    if (open === 'citizen_wrote' && !text.trim()) setProblem(t.emptyText);
    else if (open === 'rated' && !level) setProblem(t.noLevel);
    else void send({ kind: open, text: text.trim(), level });
  }

  const writing = ticket.question ? t.answerQuestion : t.add;
  return (
    <section className="part ticket-actions">
      {ticket.question && <p className="amber-note">{ticket.question}</p>}
      {ticket.answer && (
        <blockquote className="ticket-answer">
          <p>{ticket.answer}</p>
        </blockquote>
      )}
      <div className="ticket-buttons">
        {may('confirmed') && (
          <button type="button" className="button primary" onClick={() => void send({ kind: 'confirmed' })}>
            {t.confirmed}
          </button>
        )}
        {may('not_solved') && <Toggle kind="not_solved" label={t.notSolved} open={open} onToggle={choose} />}
        {may('rated') && <Toggle kind="rated" label={t.rate} open={open} onToggle={choose} />}
        {may('citizen_wrote') && <Toggle kind="citizen_wrote" label={writing} open={open} onToggle={choose} />}
        {may('withdrawn') && <Toggle kind="withdrawn" label={t.withdraw} open={open} onToggle={choose} />}
      </div>
      {open && (
        <form onSubmit={submit} noValidate>
          {open === 'rated' && (
            <fieldset className="rating">
              <legend>{t.rateLegend}</legend>
              {ticket.ratings.map((choice) => (
                <label key={choice.level} className="rating-choice">
                  <input
                    type="radio"
                    name="level"
                    value={choice.level}
                    checked={level === choice.level}
                    onChange={() => setLevel(choice.level)}
                  />
                  {choice.name}
                </label>
              ))}
            </fieldset>
          )}
          <div className="field">
            <label htmlFor="ticket-text">{t.textLabel[open]}</label>
            <textarea
              id="ticket-text"
              rows={3}
              maxLength={1000}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </div>
          <button type="submit" className="button primary wide" aria-disabled={sending}>
            {sending ? t.sending : t.submit[open]}
          </button>
        </form>
      )}
      <div role="status">
        {problem && <p className="amber-note">{problem}</p>}
        {done && <p>{done}</p>}
      </div>
    </section>
  );
}

interface ToggleProps {
  kind: Kind;
  label: string;
  open: Kind | null;
  onToggle: (kind: Kind | null) => void;
}

function Toggle({ kind, label, open, onToggle }: ToggleProps) {
  return (
    <button
      type="button"
      className="button"
      aria-expanded={open === kind}
      onClick={() => onToggle(open === kind ? null : kind)}
    >
      {label}
    </button>
  );
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
