import { useCallback, useEffect, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import type { Api, Meta, Send } from './api';
import { ActionBar } from './components/ActionBar';
import { Composer } from './components/Composer';
import { Conversation } from './components/Conversation';
import { Header } from './components/Header';
import { Opening } from './components/Opening';
import { QuickReplies } from './components/QuickReplies';
import { TicketLookup, type TicketKeys } from './components/TicketLookup';
import { currentReply, hasTicket, type Conversation as ConversationStore } from './conversation';
import { hasKeyboard } from './devices';
import { visibleQuickReplies } from './replies';
import type { Storage } from './storage';
import { MESSAGE_LIMIT, texts } from './texts';
import { useView } from './useView';

interface Props {
  api: Api;
  storage: Storage;
  conversation: ConversationStore;
}

export function App({ api, storage, conversation }: Props) {
  const state = useSyncExternalStore(conversation.subscribe, conversation.state);
  const meta = useMeta(api);
  const { view, openTicketView, backToChat } = useView();
  const [ticketKeys, setTicketKeys] = useState<TicketKeys | null>(null);
  const [draft, setDraft] = useState(() => storage.draft());
  const scroller = useRef<HTMLElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const [largePrint, setLargePrint] = useLargePrint(storage, scroller);

  useEffect(() => storage.saveDraft(draft), [storage, draft]);

  /** For the keyboard: what had the focus may be gone. Not on a phone, where it would open the keyboard. */
  const returnFocus = useCallback(() => {
    if (hasKeyboard()) input.current?.focus({ preventScroll: true });
  }, []);

  const say = useCallback((text: string, send: Send) => void conversation.say(text, send), [conversation]);

  /** For taps that vanish with the answer. */
  const sayAndReturnFocus = useCallback(
    (text: string, send: Send) => {
      say(text, send);
      returnFocus();
    },
    [say, returnFocus],
  );

  function sendDraft() {
    const text = draft.trim();
    if (text && text.length <= MESSAGE_LIMIT) {
      void conversation.say(text, { text });
      setDraft('');
    }
    input.current?.focus({ preventScroll: true });
  }

  function edit(clientId: string) {
    const text = conversation.takeBack(clientId);
    setDraft((written) => (written.trim() ? `${text}\n${written}` : text));
    input.current?.focus({ preventScroll: true });
  }

  function lookUp(keys: TicketKeys | null) {
    setTicketKeys(keys);
    openTicketView();
  }

  const reply = currentReply(state.entries);
  const begun = state.entries.some((entry) => entry.kind !== 'page');

  return (
    <div className="app">
      <Header
        notice={meta?.notice || texts.notice}
        largePrint={largePrint}
        onLargePrint={setLargePrint}
        onLookup={() => lookUp(null)}
      />
      {view === 'ticket' && (
        <TicketLookup key={ticketKeys?.number ?? ''} api={api} keys={ticketKeys} onBack={backToChat} />
      )}
      <main className="scroller" ref={scroller} hidden={view !== 'chat'}>
        <div className="column">
          <Conversation
            state={state}
            scroller={scroller}
            opening={
              <Opening
                examples={meta?.examples ?? []}
                onExample={(question) => sayAndReturnFocus(question, { text: question })}
              />
            }
            onSay={say}
            onRetry={(clientId) => {
              void conversation.retry(clientId);
              returnFocus();
            }}
            onEdit={edit}
            onRestore={() => void conversation.restore()}
            onOpenTicket={conversation.openTicket}
            onFollowTicket={(number, code) => lookUp({ number, code })}
          />
        </div>
      </main>
      <footer className="footer" hidden={view !== 'chat'}>
        <div className="column">
          <QuickReplies items={reply ? visibleQuickReplies(reply) : []} onSay={sayAndReturnFocus} />
          <ActionBar
            begun={begun}
            hasTicket={hasTicket(state.entries)}
            onSay={say}
            onStartOver={() => {
              conversation.startOver();
              returnFocus();
            }}
          />
          <Composer
            text={draft}
            tall={!begun}
            largePrint={largePrint}
            inputRef={input}
            onText={setDraft}
            onSend={sendDraft}
          />
        </div>
      </footer>
    </div>
  );
}

/** What the service says of itself; null until it is there, and the page does without. */
function useMeta(api: Api): Meta | null {
  const [meta, setMeta] = useState<Meta | null>(null);
  useEffect(() => {
    let wanted = true;
    api.meta().then(
      (loaded) => wanted && setMeta(loaded),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [api]);
  return meta;
}

/** Large print on or off. What is being read stays where it is. */
function useLargePrint(storage: Storage, scroller: RefObject<HTMLElement | null>): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => storage.largePrint());
  const change = (next: boolean) => {
    const stay = holdPlace(scroller.current);
    document.documentElement.classList.toggle('large-print', next);
    stay();
    storage.saveLargePrint(next);
    setOn(next);
  };
  return [on, change];
}

/** Remembers what stands at the top of the box, and returns what brings it back there. */
function holdPlace(box: HTMLElement | null): () => void {
  if (!box) return () => undefined;
  const edge = box.getBoundingClientRect();
  const read = document.elementFromPoint(edge.left + edge.width / 2, edge.top + 24);
  if (!read || read === box || !box.contains(read)) return () => undefined;
  const before = read.getBoundingClientRect().top - edge.top;
  return () => {
    box.scrollTop += read.getBoundingClientRect().top - box.getBoundingClientRect().top - before;
  };
}
