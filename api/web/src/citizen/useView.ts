import { useCallback, useEffect, useState } from 'react';

type View = 'chat' | 'ticket';

const TICKET_HASH = '#ticket';

/** Which of the two screens is shown; in the address, so that the phone's back button leads back to the conversation. */
export function useView(): { view: View; openTicketView: () => void; backToChat: () => void } {
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

  const openTicketView = useCallback(() => {
    if (viewOf() !== 'ticket') window.history.pushState({ opened: true }, '', TICKET_HASH);
    setView('ticket');
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

  return { view, openTicketView, backToChat };
}

function viewOf(): View {
  return window.location.hash === TICKET_HASH ? 'ticket' : 'chat';
}
