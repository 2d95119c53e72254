import { useEffect, useState } from 'react';
import { api, ok } from '../api/client';
import { openStream } from './stream';
import type { Queue } from './types';

const BEAT_MS = 20_000;

/** The lists of this desk, live; says every twenty seconds that somebody is here. */
export function useQueue(ready: boolean): { queue: Queue | null; connected: boolean } {
  const [queue, setQueue] = useState<Queue | null>(null);
  const [connected, setConnected] = useState(true);

  useEffect(() => {
    const beat = () => void ok(api.POST('/api/v1/desk/presence', { body: { ready } })).catch(() => undefined);
    beat();
    const timer = setInterval(beat, BEAT_MS);
    return () => clearInterval(timer);
  }, [ready]);

  useEffect(
    () =>
      openStream({
        url: '/api/v1/desk/events',
        on: { queue: (data) => setQueue(data as Queue) },
        onState: setConnected,
        knock: () => ok(api.GET('/api/v1/desk/queue')),
      }),
    [],
  );

  return { queue, connected };
}

/** The time, once a second: for how long somebody waits. */
export function useClock(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
