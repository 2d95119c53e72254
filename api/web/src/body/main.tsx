import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../citizen/styles/tokens.css';
import './body.css';
import { createApi } from './api';
import { TicketPage } from './TicketPage';

// The token stands behind `#`: it goes to the API only, in a header, and is in no server's log and no `Referer`.
const token = decodeURIComponent(window.location.hash.slice(1));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <TicketPage api={createApi(token)} />
  </StrictMode>,
);

// Another link opened in the same tab.
window.addEventListener('hashchange', () => window.location.reload());
