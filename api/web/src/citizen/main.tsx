import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createApi } from './api';
import { App } from './App';
import { createConversation } from './conversation';
import { followVisibleHeight } from './devices';
import { browserStorage } from './storage';
import './styles/tokens.css';
import './styles/page.css';
import './styles/conversation.css';
import './styles/cards.css';
import './styles/print.css';

const api = createApi();
const storage = browserStorage();
const conversation = createConversation({ api, storage });

document.documentElement.classList.toggle('large-print', storage.largePrint());
followVisibleHeight();
void conversation.restore();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App api={api} storage={storage} conversation={conversation} />
  </StrictMode>,
);
