import { useEffect, useRef, useState } from 'react';
import { texts } from '../texts';

interface Props {
  /** False while there is nothing to forget. */
  watch: boolean;
  onLeave: () => void;
  idleMs?: number;
  countdownS?: number;
}

const SIGNS_OF_LIFE = ['pointerdown', 'pointermove', 'keydown', 'input', 'wheel', 'touchmove', 'compositionupdate'];
// A slow reader needs a minute or two for an answer; whoever left does not.
const IDLE_MS = 120_000;
const COUNTDOWN_S = 30;

/** On a shared terminal: asks whether somebody is still there, counts down where everyone sees it, then forgets. */
export function IdleGuard({ watch, onLeave, idleMs = IDLE_MS, countdownS = COUNTDOWN_S }: Props) {
  const [left, setLeft] = useState<number | null>(null);
  const stay = useRef<HTMLButtonElement>(null);
  const asking = left !== null;

  useEffect(() => {
    if (!watch || asking) return undefined;
    let timer = setTimeout(() => setLeft(countdownS), idleMs);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setLeft(countdownS), idleMs);
    };
    for (const sign of SIGNS_OF_LIFE) document.addEventListener(sign, alive, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS_OF_LIFE) document.removeEventListener(sign, alive, { capture: true });
    };
  }, [watch, asking, idleMs, countdownS]);

  useEffect(() => {
    if (!asking) return undefined;
    stay.current?.focus();
    const here = () => setLeft(null);
    const second = setInterval(() => setLeft((seconds) => (seconds === null ? null : seconds - 1)), 1000);
    document.addEventListener('keydown', here, true);
    return () => {
      clearInterval(second);
      document.removeEventListener('keydown', here, true);
    };
  }, [asking]);

  useEffect(() => {
    if (left === null || left > 0) return;
    setLeft(null);
    onLeave();
  }, [left, onLeave]);

  if (left === null) return null;
  return (
    <div className="overlay idle" role="alertdialog" aria-modal="true" aria-labelledby="idle-heading" onClick={() => setLeft(null)}>
      <div className="overlay-box">
        <h2 id="idle-heading">{texts.idle.heading}</h2>
        <p role="timer">{texts.idle.left(left)}</p>
        <div className="overlay-buttons">
          <button type="button" className="button primary" ref={stay} onClick={() => setLeft(null)}>
            {texts.idle.stay}
          </button>
          <button
            type="button"
            className="button"
            onClick={(event) => {
              event.stopPropagation();
              setLeft(null);
              onLeave();
            }}
          >
            {texts.idle.leave}
          </button>
        </div>
      </div>
    </div>
  );
}
