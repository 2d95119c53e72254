import { Alert, Button, Input, type GetRef } from 'antd';
import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type Ref } from 'react';
import { api, ok, ProblemError, readable } from '../api/client';
import { useDraft } from '../useDraft';
import { insert, matching, slashWord, unfilled, type Known } from './phrases';
import type { Citation, Phrase, Suggested } from './types';

export interface ComposerHandle {
  focus: () => void;
  /** Put text in to be changed; `suggestion` when it is one. */
  fill: (text: string, suggestion?: Suggested) => void;
  send: (text: string, suggestion: Suggested) => Promise<void>;
}

interface Props {
  id: string;
  phrases: readonly Phrase[];
  known: Known;
  onTyping: () => void;
  ref: Ref<ComposerHandle>;
}

const LONGEST = 2000;
const CHECK_MS = 400;

/** Where the agent writes. The text survives a reload; a statute that is not in force is shown before it is sent. */
export function Composer({ id, phrases, known, onTyping, ref }: Props) {
  const draft = useDraft(`desk.say.${id}`, '');
  const [suggestion, setSuggestion] = useState<Suggested | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [lit, setLit] = useState(0);
  const input = useRef<GetRef<typeof Input.TextArea>>(null);
  // The same text keeps its id until it has gone out, so that a second try after a broken connection is no second message.
  const clientId = useRef<{ text: string; id: string } | null>(null);
  const faults = useFaults(draft.value);
  const word = slashWord(draft.value);
  const offered = word === null ? [] : matching(phrases, word).slice(0, 6);

  async function send(text: string, of: Suggested | null, leaveOut = false): Promise<void> {
    const missing = unfilled(text);
    if (missing.length > 0) return setProblem(`还有没填的：${missing.join('、')}。`);
    if (!text.trim() || busy) return;
    setBusy(true);
    setProblem(null);
    if (clientId.current?.text !== text) clientId.current = { text, id: crypto.randomUUID() };
    try {
      await ok(
        api.POST('/api/v1/desk/conversations/{conversation_id}/messages', {
          params: { path: { conversation_id: id } },
          body: { client_id: clientId.current.id, text, leave_out: leaveOut, suggestion_id: of?.id ?? null },
        }),
      );
      clientId.current = null;
      setSuggestion(null);
      draft.done('');
    } catch (error) {
      // An outdated suggestion may still be right: it goes as the agent's own words at the second try.
      if (error instanceof ProblemError && error.status === 409 && of) setSuggestion(null);
      if (draft.value !== text) draft.change(text);
      setProblem(readable(error));
    } finally {
      setBusy(false);
      input.current?.focus();
    }
  }

  useImperativeHandle(ref, () => ({
    focus: () => input.current?.focus(),
    fill: (text, of) => {
      draft.change(draft.value.trim() && !of ? `${draft.value}\n${text}` : text);
      setSuggestion(of ?? null);
      input.current?.focus();
    },
    send,
  }));

  function choose(phrase: Phrase): void {
    draft.change(insert(draft.value, phrase, known));
    setLit(0);
    input.current?.focus();
  }

  function onKey(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing || event.altKey) return;
    if (offered.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        return setLit((lit + step + offered.length) % offered.length);
      }
      if (event.key === 'Enter' || event.key === 'Tab') {
        event.preventDefault();
        return choose(offered[Math.min(lit, offered.length - 1)]!);
      }
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send(draft.value, suggestion);
    }
  }

  return (
    <div className="desk-composer">
      {offered.length > 0 && (
        <ul className="desk-phrases" role="listbox" aria-label="常用语">
          {offered.map((phrase, at) => (
            <li key={`${phrase.own}${phrase.key}`} role="option" aria-selected={at === lit}>
              <button type="button" tabIndex={-1} onClick={() => choose(phrase)}>
                <kbd>/{phrase.key}</kbd> {phrase.title} <small>{phrase.text}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
      {faults.length > 0 && (
        <Alert
          type="error"
          message={`没查到或已失效：${faults.map((fault) => fault.said).join('、')}`}
          action={
            <Button size="small" danger disabled={busy} onClick={() => void send(draft.value, suggestion, true)}>
              去掉再发
            </Button>
          }
        />
      )}
      {problem && <Alert type="warning" message={problem} closable={{ onClose: () => setProblem(null) }} />}
      {suggestion && <p className="desk-editing">正在改建议，发出后记为“修改后采用”。</p>}
      <Input.TextArea
        ref={input}
        aria-label="回复群众"
        placeholder="回复群众。Enter 发送，/ 常用语"
        value={draft.value}
        maxLength={LONGEST}
        autoSize={{ minRows: 3, maxRows: 8 }}
        onChange={({ target: { value } }) => {
          draft.change(value);
          setLit(0);
          if (value) onTyping();
        }}
        onKeyDown={onKey}
      />
      <div className="desk-send">
        <span>{draft.restored ? '这是上次没发出的内容' : ''}</span>
        <Button type="primary" loading={busy} disabled={!draft.value.trim()} onClick={() => void send(draft.value, suggestion)}>
          发送
        </Button>
      </div>
    </div>
  );
}

/** Citations in the text that are not in force, looked up a moment after the last key. */
function useFaults(text: string): Citation[] {
  const [faults, setFaults] = useState<Citation[]>([]);
  useEffect(() => {
    if (!/[条法]/.test(text)) return setFaults([]);
    let wanted = true;
    const timer = setTimeout(() => {
      ok(api.POST('/api/v1/desk/citations', { body: { text } })).then(
        (found) => wanted && setFaults(found.filter((citation) => !citation.in_force)),
        () => undefined,
      );
    }, CHECK_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text]);
  return faults;
}
