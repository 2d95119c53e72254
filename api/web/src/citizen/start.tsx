import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApi, type Channel } from './api';
import { App } from './App';
import { createConversation } from './conversation';
import { followVisibleHeight } from './devices';
import { applyPreferences, defaultPreferences } from './preferences';
import { createLive } from './live';
import type { Place } from './reader';
import { resumeFromLink } from './resume';
import { browserVoice } from './speech';
import type { Storage } from './storage';
import { texts } from './texts';
import './styles/tokens.css';
import './styles/page.css';
import './styles/conversation.css';
import './styles/cards.css';
import './styles/places.css';
import './styles/print.css';

const CHANNELS: Record<Place, Channel> = { page: 'web', kiosk: 'kiosk', frame: 'web' };

/** Puts the page on the screen. */
export function start(place: Place, storage: Storage, onClose?: () => void): void {
  if (place === 'page' && resumeFromLink(location.hash, storage, () => window.confirm(texts.resumeFromLink))) {
    history.replaceState(null, '', location.pathname); // the link's secret does not stay in the address bar
  }
  const api = createApi({ channel: CHANNELS[place] });
  const conversation = createConversation({ api, storage, live: createLive() });
  document.documentElement.classList.add(`at-${place}`);
  applyPreferences(storage.preferences() ?? defaultPreferences());
  followVisibleHeight();
  void conversation.restore();
  if (place === 'page') opensOffline();
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <App
        api={api}
        storage={storage}
        conversation={conversation}
        place={place}
        voice={browserVoice()}
        {...(onClose && { onClose })}
      />
    </StrictMode>,
  );
}

/** Keeps the page's own files, so that it opens where there is no network. Not before it stands: nothing must wait for it. */
function opensOffline(): void {
  if (!('serviceWorker' in navigator)) return;
  addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined));
}
