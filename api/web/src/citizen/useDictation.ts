import { useCallback, useEffect, useRef, useState } from 'react';
import { canListen, recognition } from './speech';

export interface Dictation {
  available: boolean;
  on: boolean;
  failed: boolean;
  toggle: () => void;
}

/** Speaking instead of writing: what is heard goes behind what is written already, and is sent by nobody but the person. */
export function useDictation(written: string, onText: (text: string) => void): Dictation {
  const [on, setOn] = useState(false);
  const [failed, setFailed] = useState(false);
  const stop = useRef<(() => void) | null>(null);
  const latest = useRef(onText);
  latest.current = onText;

  useEffect(() => () => stop.current?.(), []);

  const toggle = useCallback(() => {
    if (stop.current) {
      stop.current();
      return;
    }
    const ear = recognition();
    if (!ear) return;
    const before = written;
    ear.onresult = ({ results }) => {
      const heard = Array.from(results, (result) => result[0]?.transcript ?? '').join('');
      latest.current(before + heard);
    };
    ear.onerror = ({ error }) => setFailed(error !== 'aborted' && error !== 'no-speech');
    ear.onend = () => {
      stop.current = null;
      setOn(false);
    };
    stop.current = () => ear.stop();
    setFailed(false);
    setOn(true);
    ear.start();
  }, [written]);

  return { available: canListen(), on, failed, toggle };
}
