import { useCallback, useEffect, useState } from 'react';

type View = 'chat' | 'ticket' | 'data';
type Beside = Exclude<View, 'chat'>;

const HASHES: Record<Beside, string> = { ticket: '#ticket', data: '#my-data' };

/** Which of the screens is shown; in the address, so that the phone's back button leads back to the conversation. */
export function useView(): { view: View; open: (view: Beside) => void; backToChat: () => void } {
  const [view, setView] = useState<View>(viewOf);

  useEffect(() => {
    const follow = () => setView(viewOf());
    window.addEventListener('popstate', follow);
    window.addEventListener('hashchange', follow);
    return () => {
      window.removeEventListener('popstate', follow);
      window.removeEventListener('hashchange', follow);
    };
  }, []);

  const open = useCallback((next: Beside) => {
    // From one beside the conversation to another: the way back is to the conversation.
    if (viewOf() === 'chat') window.history.pushState({ opened: true }, '', HASHES[next]);
    else if (viewOf() !== next) window.history.replaceState(window.history.state, '', HASHES[next]);
    setView(next);
  }, []);

  const backToChat = useCallback(() => {
    const state = window.history.state as { opened?: boolean } | null;
    if (state?.opened) {
      window.history.back();
    } else {
      window.history.replaceState(null, '', window.location.pathname + window.location.search);
      setView('chat');
    }
  }, []);

  return { view, open, backToChat };
}

function viewOf(): View {
  const [found] = (Object.keys(HASHES) as Beside[]).filter((view) => HASHES[view] === window.location.hash);
  return found ?? 'chat';
}
