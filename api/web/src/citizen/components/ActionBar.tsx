import { useEffect, useRef } from 'react';
import type { QuickReply, Send } from '../api';
import { useReader } from '../reader';
import { texts } from '../texts';

interface Props {
  begun: boolean;
  hasTicket: boolean;
  /** Asked whether the conversation may be put away. */
  confirming: boolean;
  quickReplies: QuickReply[];
  onSay: (text: string, send: Send) => void;
  /** For taps that vanish with the answer. */
  onQuickReply: (text: string, send: Send) => void;
  onStartOver: () => void;
  onCancel: () => void;
}

/** The way to a person and out of an answer that did not help: always in reach, with what this answer offers beside. */
export function ActionBar(props: Props) {
  const { begun, hasTicket, confirming, quickReplies, onSay, onQuickReply, onStartOver, onCancel } = props;
  const confirmRef = useRef<HTMLButtonElement>(null);
  const { english } = useReader();
  const { unresolved, human } = english ? texts.english : texts.actions; // one language: both do not fit in a row

  useEffect(() => {
    if (confirming) confirmRef.current?.focus();
  }, [confirming]);

  if (confirming) {
    return (
      <div className="action-bar confirm" role="group" aria-labelledby="restart-question">
        <p id="restart-question">{hasTicket ? texts.restart.askWithTicket : texts.restart.ask}</p>
        <button type="button" className="button primary" ref={confirmRef} onClick={onStartOver}>
          {texts.restart.confirm}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          {texts.restart.cancel}
        </button>
      </div>
    );
  }

  const solved = quickReplies.filter((item) => item.send.action === 'resolved');
  const others = quickReplies.filter((item) => item.send.action !== 'resolved');
  const tap = (item: QuickReply) => (
    <button
      type="button"
      key={item.label}
      className="button"
      onClick={() => onQuickReply(item.label, item.send)}
    >
      {item.label}
    </button>
  );
  return (
    <div className="action-bar" role="group" aria-label={texts.actions.group}>
      {solved.map(tap)}
      {begun && (
        <button type="button" className="button" onClick={() => onSay(unresolved, { action: 'unresolved' })}>
          {unresolved}
        </button>
      )}
      {others.map(tap)}
      <button type="button" className="button" onClick={() => onSay(human, { action: 'human' })}>
        {human}
      </button>
    </div>
  );
}
