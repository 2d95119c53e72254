import { useEffect, useMemo, useRef, useState } from 'react';
import { FileBox } from '../files/FileBox';
import { queueOf } from '../files/queue';
import { ApiError, type Action, type Api, type BodyTicket } from './api';
import { ActionForm, ACTIONS, type ActionName } from './ActionForm';
import { dayAndTime, dayWithWeekday } from './dates';
import { StoryView } from './StoryView';

export function TicketPage({ api }: { api: Api }) {
  const [shown, setShown] = useState<BodyTicket | null>(null);
  const [problem, setProblem] = useState('');
  const [over, setOver] = useState(''); // the link is no good any more, and why
  const [done, setDone] = useState('');
  const [open, setOpen] = useState<ActionName | null>(null);
  const [sending, setSending] = useState(false);
  const key = useRef('');
  const status = useRef<HTMLDivElement>(null);
  const [forCitizen, setForCitizen] = useState(true);
  const seenBy = useRef(true);
  seenBy.current = forCitizen;
  const queue = useMemo(
    () =>
      queueOf('link', async (content, name, key_, onProgress) =>
        setShown(await api.sendFile(content, name, key_, seenBy.current, onProgress)),
      ),
    [api],
  );

  useEffect(() => void load(), []);

  async function load() {
    try {
      setShown(await api.read());
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown) {
    if (!(error instanceof ApiError)) throw error;
    if ([401, 404, 410].includes(error.status ?? 0)) setOver(error.message);
    else setProblem(error.message);
    if (error.changed) void load();
  }

  function choose(name: ActionName | null) {
    key.current = newKey();
    setOpen(name);
    setProblem('');
    setDone('');
  }

  async function send(action: Action) {
    if (!shown || sending) return;
    setSending(true);
    setProblem('');
    try {
      setShown(await api.act(shown.ticket.sequence, key.current, action));
      setOpen(null);
      setDone('已登记，办事人和座席都能看到。');
    } catch (error) {
      if (error instanceof ApiError && error.status === 410) {
        // Returned or passed on: this link has done its work.
        setOver('已登记。这件工单不在贵单位了，不用再办。');
      } else fail(error);
    } finally {
      setSending(false);
      status.current?.scrollIntoView({ block: 'nearest' });
    }
  }

  if (over)
    return (
      <main className="page">
        <h1>转来的工单</h1>
        <p className="note" role="status">
          {over}
        </p>
      </main>
    );
  if (!shown)
    return (
      <main className="page">
        <h1>转来的工单</h1>
        <p role="status">{problem || '正在打开……'}</p>
        {problem && (
          <button type="button" className="button" onClick={() => void load()}>
            再试一次
          </button>
        )}
      </main>
    );

  const { ticket } = shown;
  const possible = ACTIONS.filter(
    (name) =>
      ticket.may.includes(name) &&
      !(ticket.bound && (name === 'returned' || name === 'referred_onward')) &&
      !(name === 'extended' && ticket.events.some((event) => event.kind === 'extended')),
  );
  const due = ticket.clocks.filter((clock) => !clock.stopped_at && clock.promise !== 'callback');
  return (
    <main className="page">
      <header>
        <p className="for-body">转给：{shown.for_body}</p>
        <h1>{ticket.matter_name}</h1>
        <p className="keys">
          工单 {ticket.number}　{dayAndTime(ticket.opened_at)} 登记
          {ticket.area && `　${ticket.area}`}
        </p>
        <p className="state">
          {ticket.urgent && <strong className="urgent">急</strong>}
          {ticket.state_text}
        </p>
        <ul className="clocks">
          {due.map((clock) => (
            <li key={clock.promise} className={clock.overdue ? 'overdue' : ''}>
              {clock.due_on ? (
                <>
                  {clock.name}：最晚 {dayWithWeekday(clock.due_on)}
                  {clock.overdue ? '，已经超期' : ''}
                </>
              ) : (
                <>{clock.name}：在等市民补充，时间先停着</>
              )}
            </li>
          ))}
        </ul>
      </header>

      <div ref={status} role="status" aria-live="polite">
        {done && <p className="good">{done}</p>}
        {problem && <p className="note">{problem}</p>}
      </div>

      {possible.length > 0 && (
        <section aria-label="办理" className="card actions">
          <ActionForm
            shown={shown}
            possible={possible}
            open={open}
            sending={sending}
            onOpen={choose}
            onSend={(action) => void send(action)}
          />
        </section>
      )}

      <section className="card">
        <h2>联系办事人</h2>
        {ticket.phone ? (
          <p>
            {ticket.name || '没有留姓名'}　<a href={`tel:${ticket.phone}`}>{ticket.phone.replace('+86', '')}</a>
          </p>
        ) : (
          <p>{ticket.state === 'sent' ? '受理以后显示姓名和电话（留了的话）。' : '没有留电话。请点“请他补充”，办事人查工单时能看到。'}</p>
        )}
      </section>

      {(ticket.files.length > 0 || ticket.file_limits) && (
        <section className="card">
          <h2>照片和文件</h2>
          <FileBox files={ticket.files} limits={ticket.file_limits} queue={queue} own="body" save={api.saveFile}>
            <label className="tick">
              <input type="checkbox" checked={forCitizen} onChange={(event) => setForCitizen(event.target.checked)} />
              加的文件办事人也看得到
            </label>
          </FileBox>
        </section>
      )}

      {ticket.complaint && (
        <section className="card">
          <h2>投诉：{ticket.complaint.target_name}</h2>
          {ticket.complaint.about && <p>被投诉的：{ticket.complaint.about}</p>}
          <p className="hint">请不要交给被投诉的人或单位办，也不要让他们看到。</p>
        </section>
      )}

      <StoryView story={ticket.story} />

      <section className="card">
        <h2>经过</h2>
        <ol className="events">
          {ticket.events.map((event) => (
            <li key={event.sequence}>
              <time dateTime={event.at}>{dayAndTime(event.at)}</time>
              <span>{event.text}</span>
            </li>
          ))}
        </ol>
      </section>
      <p className="hint">这个链接只能办这一件，过期或工单转走后失效。请不要转发给无关的人。</p>
    </main>
  );
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
