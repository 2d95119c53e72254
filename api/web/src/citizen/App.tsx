import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import type { Api, Meta, Send } from './api';
import { ActionBar } from './components/ActionBar';
import { Composer } from './components/Composer';
import { Connection } from './components/Connection';
import { Conversation } from './components/Conversation';
import { Header } from './components/Header';
import { IdleGuard } from './components/IdleGuard';
import { LiveStatus } from './components/LiveStatus';
import { MyDataPage } from './components/MyDataPage';
import { Opening } from './components/Opening';
import { TicketLookup, type TicketKeys } from './components/TicketLookup';
import { currentReply, hasTicket, isCutOff, lastReply, type Conversation as ConversationStore, type State } from './conversation';
import { hasKeyboard, onReach } from './devices';
import { applyPreferences, defaultPreferences, onDeviceTheme, type Preferences } from './preferences';
import { ReaderContext, type Place } from './reader';
import { visibleQuickReplies } from './replies';
import { spoken, type Voice } from './speech';
import type { Storage } from './storage';
import { MESSAGE_LIMIT, texts } from './texts';
import { useView } from './useView';

interface Props {
  api: Api;
  storage: Storage;
  conversation: ConversationStore;
  place: Place;
  voice: Voice;
  /** Closes the frame the page is shown in. */
  onClose?: () => void;
}

export function App({ api, storage, conversation, place, voice, onClose = () => undefined }: Props) {
  const state = useSyncExternalStore(conversation.subscribe, conversation.state);
  const meta = useMeta(api);
  const { view, open, backToChat } = useView();
  const [ticketKeys, setTicketKeys] = useState<TicketKeys | null>(null);
  const [draft, setDraft] = useState(() => storage.draft());
  const [confirming, setConfirming] = useState(false);
  const scroller = useRef<HTMLElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const [preferences, setPreferences] = usePreferences(storage, scroller);
  const { simple } = preferences;
  const english = lastReply(state.entries)?.english ?? false;
  const fileLimits = meta?.file_limits ?? null;
  const reader = useMemo(
    () => ({ place, simple, english, voice, fileLimits }),
    [place, simple, english, voice, fileLimits],
  );

  useEffect(() => storage.saveDraft(draft), [storage, draft]);
  useEffect(() => onReach(() => void conversation.reconnect()), [conversation]);
  useReadAloud(state, voice, preferences.readAloud);

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
    open('ticket');
  }

  const startOver = useCallback(() => {
    voice.stop();
    conversation.startOver();
    setConfirming(false);
    returnFocus();
  }, [voice, conversation, returnFocus]);

  /** Nothing of this person may be left for the next one: not the words, not the print size, not a number looked up. */
  const leave = useCallback(() => {
    startOver();
    setDraft('');
    setTicketKeys(null);
    setPreferences(defaultPreferences());
    backToChat();
  }, [startOver, setPreferences, backToChat]);

  const reply = currentReply(state.entries);
  const begun = state.entries.some((entry) => entry.kind !== 'page');
  const notice = meta?.notice || texts.notice;

  return (
    <ReaderContext value={reader}>
      <div className="app">
        {view === 'chat' && (
          <button type="button" className="skip" onClick={() => input.current?.focus()}>
            {texts.header.skip}
          </button>
        )}
        <Header
          preferences={preferences}
          begun={begun}
          onPreferences={setPreferences}
          onLookup={() => lookUp(null)}
          onMyData={() => open('data')}
          onRestart={place === 'kiosk' ? leave : () => setConfirming(true)}
          onClose={onClose}
        />
        {view === 'ticket' && (
          <TicketLookup
            key={ticketKeys?.number ?? ''}
            api={api}
            keys={ticketKeys}
            onErased={(numbers) => storage.dropSlips(numbers)}
            onBack={backToChat}
          />
        )}
        {view === 'data' && (
          <MyDataPage
            held={storage.session() !== null}
            load={conversation.copyData}
            erase={async () => {
              const erased = await conversation.eraseData();
              setDraft('');
              return erased;
            }}
            onLookup={() => lookUp(null)}
            onBack={backToChat}
          />
        )}
        <main className="scroller" ref={scroller} hidden={view !== 'chat'}>
          <div className="column">
            <Conversation
              state={state}
              scroller={scroller}
              opening={
                <Opening
                  notice={notice}
                  examples={meta?.examples ?? []}
                  onExample={(question) => sayAndReturnFocus(question, { text: question })}
                  onFor={(who) => {
                    setDraft(texts.forSomeone.draft(who));
                    input.current?.focus({ preventScroll: true });
                  }}
                />
              }
              onSay={say}
              onRetry={(clientId) => {
                void conversation.retry(clientId);
                returnFocus();
              }}
              onEdit={edit}
              onReconnect={() => void conversation.reconnect()}
              onRestore={() => void conversation.restore()}
              onOpenTicket={conversation.openTicket}
              onComplain={conversation.complain}
              onFollowTicket={(number, code) => lookUp({ number, code })}
              onReason={conversation.tellReason}
            />
          </div>
        </main>
        <footer className="footer" hidden={view !== 'chat'}>
          <Connection cutOff={isCutOff(state)} />
          <LiveStatus status={state.service} connected={state.connected} onSay={sayAndReturnFocus} />
          <div className="column">
            <ActionBar
              begun={begun}
              hasTicket={hasTicket(state.entries)}
              confirming={confirming}
              quickReplies={reply ? visibleQuickReplies(reply, state.service?.owner === 'waiting') : []}
              onSay={say}
              onQuickReply={sayAndReturnFocus}
              onStartOver={startOver}
              onCancel={() => {
                setConfirming(false);
                returnFocus();
              }}
            />
            <Composer
              text={draft}
              tall={!begun}
              largePrint={preferences.largePrint}
              inputRef={input}
              onText={(text) => {
                setDraft(text);
                if (text) conversation.typing();
              }}
              onSend={sendDraft}
            />
          </div>
        </footer>
        {place === 'kiosk' && <IdleGuard watch={begun || draft !== '' || view !== 'chat'} onLeave={leave} />}
      </div>
    </ReaderContext>
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

/** How the person reads. What is being read stays where it is when the look changes. */
function usePreferences(
  storage: Storage,
  scroller: RefObject<HTMLElement | null>,
): [Preferences, (next: Preferences) => void] {
  const [preferences, setPreferences] = useState(() => storage.preferences() ?? defaultPreferences());
  useEffect(() => {
    applyPreferences(preferences);
    return onDeviceTheme(() => applyPreferences(preferences));
  }, [preferences]);
  const change = useCallback(
    (next: Preferences) => {
      const stay = holdPlace(scroller.current);
      applyPreferences(next);
      stay();
      storage.savePreferences(next);
      setPreferences(next);
    },
    [storage, scroller],
  );
  return [preferences, change];
}

/** Reads each answer aloud as it comes, for those who asked for it; what is restored was heard before. */
function useReadAloud({ entries }: State, voice: Voice, wanted: boolean): void {
  const last = entries[entries.length - 1];
  const reply = last?.kind === 'bot' && last.fresh ? last.reply : null;
  const heard = useRef<string | null>(null);
  useEffect(() => {
    if (!reply || reply.id === heard.current) return;
    heard.current = reply.id;
    if (wanted) voice.read(reply.id, spoken(reply));
  }, [reply, voice, wanted]);
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
