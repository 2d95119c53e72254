import { useEffect, useRef, useState } from 'react';
import type { Send } from '../api';
import { texts } from '../texts';

interface Props {
  begun: boolean;
  hasTicket: boolean;
  onSay: (text: string, send: Send) => void;
  onStartOver: () => void;
}

/** The way to a person and out of an answer that did not help: always in reach. */
export function ActionBar({ begun, hasTicket, onSay, onStartOver }: Props) {
  const [confirming, setConfirming] = useState(false);
  const confirmRef = useRef<HTMLButtonElement>(null);
  const restartRef = useRef<HTMLButtonElement>(null);
  const wasConfirming = useRef(false);

  useEffect(() => {
    if (confirming) confirmRef.current?.focus();
    else if (wasConfirming.current) restartRef.current?.focus();
    wasConfirming.current = confirming;
  }, [confirming]);

  if (confirming) {
    return (
      <div className="action-bar confirm" role="group" aria-labelledby="restart-question">
        <p id="restart-question">{hasTicket ? texts.restart.askWithTicket : texts.restart.ask}</p>
        <button
          type="button"
          className="button primary"
          ref={confirmRef}
          onClick={() => {
            setConfirming(false);
            onStartOver();
          }}
        >
          {texts.restart.confirm}
        </button>
        <button type="button" className="button" onClick={() => setConfirming(false)}>
          {texts.restart.cancel}
        </button>
      </div>
    );
  }

  return (
    <div className="action-bar" role="group" aria-label={texts.actions.group}>
      <button
        type="button"
        className="button"
        onClick={() => onSay(texts.actions.unresolved, { action: 'unresolved' })}
      >
        {texts.actions.unresolved}
      </button>
      <button
        type="button"
        className="button"
        onClick={() => onSay(texts.actions.human, { action: 'human' })}
      >
        {texts.actions.human}
      </button>
      {begun && (
        <button type="button" className="button quiet" ref={restartRef} onClick={() => setConfirming(true)}>
          {texts.actions.restart}
        </button>
      )}
    </div>
  );
}
