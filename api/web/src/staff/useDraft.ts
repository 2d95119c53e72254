import { useCallback, useMemo, useState } from 'react';
import { browserStorage, draftsOf } from './drafts';
import { useMe } from './session';

interface DraftState<T> {
  value: T;
  change: (value: T) => void;
  /** Call when it was saved or thrown away: the draft goes, and `value` is what was handed in. */
  done: (value: T) => void;
  /** Whether `value` is an unsaved draft of before. */
  restored: boolean;
  /** Whether it was written on another version than the present one: somebody has changed it since. */
  outdated: boolean;
}

/**
 * A value (text, or what a form holds) that survives a reload, a crash and an ended session.
 *
 *     const answer = useDraft(`answer.${conversation.id}`, '', String(conversation.version));
 *     <Input.TextArea value={answer.value} onChange={(event) => answer.change(event.target.value)} />
 *     … after saving: answer.done('')
 *
 * `key` names the object and must not change while the component lives (give the component a `key` of its own); draw the component
 * once `saved` is there.
 */
export function useDraft<T>(key: string, saved: T, base = ''): DraftState<T> {
  const me = useMe();
  const drafts = useMemo(() => draftsOf(browserStorage(), me.username, Date.now), [me.username]);
  const [found] = useState(() => drafts.read<T>(key));
  const [state, setState] = useState({ value: found ? found.value : saved, restored: found !== null });
  const writtenOn = found && state.restored ? found.base : base;
  const change = useCallback(
    (value: T) => {
      drafts.write(key, value, writtenOn);
      setState((before) => ({ ...before, value }));
    },
    [drafts, key, writtenOn],
  );
  const done = useCallback(
    (value: T) => {
      drafts.clear(key);
      setState({ value, restored: false });
    },
    [drafts, key],
  );
  return { value: state.value, change, done, restored: state.restored, outdated: state.restored && writtenOn !== base };
}
