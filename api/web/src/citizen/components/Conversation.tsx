import { Bubble } from '@chatui/core/es/components/Bubble';
import { Typing } from '@chatui/core/es/components/Typing';
import { useLayoutEffect, useRef, type ReactNode, type RefObject } from 'react';
import type { UnsolvedReason } from '../api';
import { mayTellReason, toTurns, type BotEntry, type CitizenEntry, type Entry, type State } from '../conversation';
import { prefersStill } from '../devices';
import { arranged, leadLines, matterTaps } from '../replies';
import { texts } from '../texts';
import { CardView, type CardHandlers } from './cards/CardView';
import { Lines } from './Lines';
import { PhoneText } from './PhoneText';
import { ReadAloud } from './ReadAloud';
import { WhyUnsolved } from './WhyUnsolved';

interface Props extends CardHandlers {
  state: State;
  scroller: RefObject<HTMLElement | null>;
  /** Shown as long as nothing has been said. */
  opening: ReactNode;
  onRetry: (clientId: string) => void;
  onEdit: (clientId: string) => void;
  onReconnect: () => void;
  onRestore: () => void;
  onReason: (reason: UnsolvedReason) => Promise<boolean>;
}

/**
 * What was said, in turns.
 *
 * The last turn is at least as high as the window, so that its question can stand at the top and the answer grows into
 * empty space below: nothing moves when it arrives. ChatUI's message list is not used: it scrolls to the
 * end of every answer, past its first line, and has each message announced as an alert.
 */
export function Conversation(props: Props) {
  const { state, scroller, opening, onRetry, onEdit, onReconnect, onRestore, onReason, ...handlers } = props;
  const { entries, status } = state;
  useScroll(scroller, state);
  const said = entries.some((entry) => entry.kind !== 'page');

  return (
    <>
      {status === 'restoring' && (
        <p className="page-note" role="status">
          {texts.conversation.restoring}
        </p>
      )}
      {status === 'restore_failed' && (
        <div className="page-note" role="status">
          <p>{texts.conversation.restoreFailed}</p>
          <button type="button" className="button" onClick={onRestore}>
            {texts.conversation.retry}
          </button>
        </div>
      )}
      {said && <h2 className="visually-hidden">{texts.conversation.log}</h2>}
      {/* What is restored was read before; only what comes now is announced. */}
      <div role="log" aria-label={texts.conversation.log} aria-live={status === 'ready' ? 'polite' : 'off'}>
        <ol className="turns">
          {toTurns(entries).map((turn) => (
            <li className="turn" key={turn.id} data-turn={turn.id}>
              {turn.entries.map((entry) => (
                <EntryView
                  key={entry.id}
                  entry={entry}
                  entries={entries}
                  onRetry={onRetry}
                  onEdit={onEdit}
                  onReconnect={onReconnect}
                  onReason={onReason}
                  {...handlers}
                />
              ))}
            </li>
          ))}
        </ol>
      </div>
      {!said && status !== 'restoring' && opening}
    </>
  );
}

interface EntryProps extends CardHandlers {
  entry: Entry;
  entries: readonly Entry[];
  onRetry: (clientId: string) => void;
  onEdit: (clientId: string) => void;
  onReconnect: () => void;
  onReason: (reason: UnsolvedReason) => Promise<boolean>;
}

function EntryView({ entry, entries, onRetry, onEdit, onReconnect, onReason, ...handlers }: EntryProps) {
  switch (entry.kind) {
    case 'page':
      return <p className="page-note">{entry.text}</p>;
    case 'agent':
      return (
        <div className="reply" data-reply={entry.id}>
          <span className="agent-name">{texts.live.said(entry.name)}</span>
          <Bubble className="Bubble text agent">
            <Lines lines={entry.text.split('\n')} />
          </Bubble>
        </div>
      );
    case 'citizen':
      return <CitizenMessage entry={entry} onRetry={onRetry} onEdit={onEdit} onReconnect={onReconnect} />;
    case 'bot':
      return (
        <BotMessage entry={entry} entries={entries} {...handlers}>
          {mayTellReason(entries, entry.reply) && <WhyUnsolved onReason={onReason} />}
        </BotMessage>
      );
  }
}

interface BotProps extends CardHandlers {
  entry: BotEntry;
  entries: readonly Entry[];
  /** Stands below what the reply says first. */
  children: ReactNode;
}

function BotMessage({ entry: { reply, fresh }, entries, children, ...handlers }: BotProps) {
  const lines = leadLines(reply);
  const { danger, others } = arranged(reply.cards);
  const matters = matterTaps(reply);
  const view = (card: (typeof others)[number], index: number) => (
    <CardView
      key={`${card.kind}${index}`}
      card={card}
      reply={reply}
      fresh={fresh}
      entries={entries}
      {...handlers}
    />
  );
  return (
    <div className={fresh ? 'reply fresh' : 'reply'} data-reply={reply.id}>
      {danger.map(view)}
      <div className="speaker">
        <span>{texts.conversation.machine}</span>
        <ReadAloud reply={reply} />
      </div>
      {lines.length > 0 && (
        <Bubble className="Bubble text machine">
          <Lines lines={lines} />
        </Bubble>
      )}
      {children}
      {others.map(view)}
      {matters.length > 0 && (
        <div className="options">
          {matters.map(({ label, send }) => (
            <button type="button" key={label} className="button" onClick={() => handlers.onSay(label, send)}>
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

interface CitizenProps {
  entry: CitizenEntry;
  onRetry: (clientId: string) => void;
  onEdit: (clientId: string) => void;
  onReconnect: () => void;
}

function CitizenMessage({ entry, onRetry, onEdit, onReconnect }: CitizenProps) {
  const { id, text, send, state, problem, retryable } = entry;
  return (
    <>
      <div className="citizen">
        <Bubble className="Bubble text mine">
          <span className="visually-hidden">{texts.conversation.you}</span>
          {text}
        </Bubble>
        {state === 'held' && (
          <div className="held">
            <p>{texts.offline.held}</p>
            <div className="failed-actions">
              <button type="button" className="button" onClick={onReconnect}>
                {texts.offline.again}
              </button>
              {send?.text !== undefined && (
                <button type="button" className="button" onClick={() => onEdit(id)}>
                  {texts.conversation.edit}
                </button>
              )}
            </div>
          </div>
        )}
        {state === 'failed' && (
          <div className="failed">
            <p>
              <PhoneText text={problem ?? texts.failure.server} />
            </p>
            <div className="failed-actions">
              {retryable && (
                <button type="button" className="button primary" onClick={() => onRetry(id)}>
                  {texts.conversation.retry}
                </button>
              )}
              {send?.text !== undefined && (
                <button type="button" className="button" onClick={() => onEdit(id)}>
                  {texts.conversation.edit}
                </button>
              )}
            </div>
            <p>
              <PhoneText text={texts.failure.urgent} />
            </p>
          </div>
        )}
      </div>
      {state === 'waiting' && (
        <div className="waiting">
          <Typing text={texts.conversation.typing} />
        </div>
      )}
    </>
  );
}

/** A new question goes to the top of the window; a new reply is moved only when its beginning cannot be seen. */
function useScroll(scroller: RefObject<HTMLElement | null>, { entries, status }: State): void {
  const turns = toTurns(entries);
  const lastTurn = turns[turns.length - 1]?.id ?? null;
  const last = entries[entries.length - 1];
  const lastReply = last?.kind === 'bot' ? last.reply.id : last?.kind === 'agent' ? last.id : null;
  const shown = useRef<{ turn: string | null; ready: boolean }>({ turn: null, ready: false });

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !lastTurn) return;
    const turn = box.querySelector<HTMLElement>(`[data-turn="${CSS.escape(lastTurn)}"]`);
    if (!turn) return;
    const animate = shown.current.ready && !prefersStill();
    if (shown.current.turn !== lastTurn) scrollTo(box, turn, animate);
    shown.current = { turn: lastTurn, ready: status === 'ready' };
  }, [scroller, lastTurn, status]);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !lastReply) return;
    const reply = box.querySelector<HTMLElement>(`[data-reply="${CSS.escape(lastReply)}"]`);
    if (!reply) return;
    const top = reply.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const seen = top >= 0 && top < box.clientHeight * 0.6;
    if (!seen && shown.current.ready) scrollTo(box, reply, !prefersStill());
  }, [scroller, lastReply]);
}

function scrollTo(box: HTMLElement, element: HTMLElement, animate: boolean): void {
  const margin = 12;
  const top = element.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - margin;
  box.scrollTo({ top, behavior: animate ? 'smooth' : 'auto' });
}
