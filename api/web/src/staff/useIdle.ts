import { useEffect } from 'react';

export const IDLE_MS = 60 * 60_000; // as long as the server's `sessions.IDLE`
const CHECK_MS = 30_000;

/** Calls `idle` when nobody has touched keyboard, mouse or screen for an hour: pages go on asking the server by themselves. */
export function useIdle(idle: () => void): void {
  useEffect(() => {
    let touchedAt = Date.now();
    const touched = () => {
      touchedAt = Date.now();
    };
    const events = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;
    for (const name of events) window.addEventListener(name, touched, { passive: true, capture: true });
    const timer = setInterval(() => {
      if (Date.now() - touchedAt < IDLE_MS) return;
      touchedAt = Date.now();
      idle();
    }, CHECK_MS);
    return () => {
      clearInterval(timer);
      for (const name of events) window.removeEventListener(name, touched, { capture: true });
    };
  }, [idle]);
}
