import { useSyncExternalStore } from 'react';
import type { Reply } from '../api';
import { useReader } from '../reader';
import { spoken } from '../speech';
import { texts } from '../texts';

/** Reads one answer aloud, or stops; not there where the browser has no voice. */
export function ReadAloud({ reply }: { reply: Reply }) {
  const { english, voice } = useReader();
  const { read, stop } = english ? texts.english : texts.speech;
  const reading = useSyncExternalStore(voice.subscribe, voice.reading, voice.reading);
  if (!voice.available) return null;
  const on = reading === reply.id;
  return (
    <button
      type="button"
      className="button quiet read-aloud"
      onClick={() => (on ? voice.stop() : voice.read(reply.id, spoken(reply)))}
    >
      {on ? stop : read}
    </button>
  );
}
