import { useEffect, useState, type FormEvent } from 'react';
import { ApiError, type Api, type NoticeChannel, type NoticeContacts } from '../api';
import { problemText } from '../conversation';
import { texts } from '../texts';
import type { TicketKeys } from './TicketLookup';

interface Props {
  api: Api;
  keys: TicketKeys;
}

/** Where news of a ticket goes; nothing is shown where no way is connected. */
export function TicketNotices({ api, keys }: Props) {
  const t = texts.notices;
  const [state, setState] = useState<NoticeContacts | null>(null);
  const [open, setOpen] = useState<NoticeChannel | null>(null);
  const [address, setAddress] = useState('');
  const [agreed, setAgreed] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState('');
  const [done, setDone] = useState('');

  useEffect(() => {
    let gone = false;
    api.noticeContacts(keys.number, keys.code).then(
      (found) => !gone && setState(found),
      () => undefined, // the ticket is there without it
    );
    return () => {
      gone = true;
    };
  }, [api, keys.number, keys.code]);

  async function run(act: () => Promise<NoticeContacts>, words: string) {
    if (sending) return;
    setSending(true);
    setProblem('');
    setDone('');
    try {
      setState(await act());
      setDone(words);
      setOpen(null);
      setAddress('');
      setAgreed(false);
    } catch (error) {
      setProblem(error instanceof ApiError && error.problem?.detail ? error.problem.detail : problemText(error));
    } finally {
      setSending(false);
    }
  }

  if (!state || state.channels.length === 0) return null;
  const { consent, phone } = state;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!open) return;
    if (!agreed) setProblem(t.notAgreed);
    else void run(() => api.keepNoticeContact(keys.number, keys.code, open, { address, consent: { version: consent.version, agreed } }), t.done);
  }

  return (
    <section className="part bookings">
      <h4>{t.heading}</h4>
      {state.channels
        .filter((one) => one.address)
        .map((one) => (
          <p key={one.channel} className={one.failed ? 'amber-note' : 'booked'}>
            {one.failed ? t.failed(one.name, one.address) : t.told(one.name, one.address)}
          </p>
        ))}
      <div className="ticket-buttons">
        {state.channels.map((one) => (
          <button
            key={one.channel}
            type="button"
            className="button"
            aria-expanded={open === one.channel}
            onClick={() => {
              setOpen(open === one.channel ? null : one.channel);
              setProblem('');
              setDone('');
            }}
          >
            {one.address ? t.change(one.name) : t.by(one.name)}
          </button>
        ))}
        {state.channels
          .filter((one) => one.address)
          .map((one) => (
            <button
              key={`no-${one.channel}`}
              type="button"
              className="button"
              aria-disabled={sending}
              onClick={() => void run(() => api.dropNoticeContact(keys.number, keys.code, one.channel), t.dropped)}
            >
              {t.drop(one.name)}
            </button>
          ))}
      </div>
      {open && (
        <form onSubmit={submit} noValidate>
          {open !== 'wechat' && (
            <div className="field">
              <label htmlFor="notice-address">{open === 'email' ? t.email : phone ? t.otherPhone(phone) : t.phone}</label>
              <input
                id="notice-address"
                type={open === 'email' ? 'email' : 'tel'}
                autoComplete={open === 'email' ? 'email' : 'tel'}
                maxLength={200}
                value={address}
                onChange={(event) => setAddress(event.target.value)}
              />
            </div>
          )}
          <label className="rating-choice">
            <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.target.checked)} />
            {consent.text}
          </label>
          <button type="submit" className="button primary wide" aria-disabled={sending}>
            {sending ? t.sending : t.submit}
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
