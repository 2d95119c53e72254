import { Input } from '@chatui/core/es/components/Input';
import type { KeyboardEvent, Ref } from 'react';
import { useReader, useWords } from '../reader';
import { COUNT_FROM, MESSAGE_LIMIT, texts } from '../texts';
import { hasKeyboard } from '../devices';
import { useDictation } from '../useDictation';

interface Props {
  text: string;
  /** Room for several lines from the start: on the opening screen. */
  tall: boolean;
  largePrint: boolean;
  inputRef: Ref<HTMLTextAreaElement>;
  onText: (text: string) => void;
  onSend: () => void;
}

/**
 * Where the person writes.
 *
 * ChatUI gives the growing text field. Its own composer is not used: its send button answers to the mouse alone,
 * and it empties the field before anything has been sent.
 */
export function Composer({ text, tall, largePrint, inputRef, onText, onSend }: Props) {
  const { english } = useReader();
  const words = useWords();
  const left = MESSAGE_LIMIT - text.length;
  const dictation = useDictation(text, (heard) => onText(heard.slice(0, MESSAGE_LIMIT)));

  function sendOnEnter(event: KeyboardEvent) {
    // Enter also picks a word of the Chinese input method; on a phone it begins a new line.
    const choosingWord = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || choosingWord || !hasKeyboard()) return;
    event.preventDefault();
    onSend();
  }

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <label className="visually-hidden" htmlFor="message">
        {texts.composer.label}
      </label>
      <Input
        // It measures its line height once, so a change of print size needs a new one.
        key={String(largePrint)}
        id="message"
        className="composer-input"
        ref={inputRef as Ref<never>}
        autoSize
        minRows={tall ? 3 : 1}
        maxRows={5}
        maxLength={MESSAGE_LIMIT}
        showCount={false}
        enterKeyHint={hasKeyboard() ? 'send' : 'enter'}
        autoComplete="off"
        placeholder={english ? texts.english.write : texts.composer.placeholder} // one line high: both do not fit
        value={text}
        onChange={onText}
        onKeyDown={sendOnEnter}
        aria-describedby="message-count"
      />
      {dictation.available && (
        <button
          type="button"
          className="button composer-talk"
          aria-pressed={dictation.on}
          title={texts.speech.talkHint}
          onClick={dictation.toggle}
        >
          {texts.speech.talk}
        </button>
      )}
      <button type="submit" className="button primary composer-send">
        {words('send', texts.composer.send)}
      </button>
      <p id="message-count" className="composer-count" role="status">
        {dictation.on ? texts.speech.talking : dictation.failed ? texts.speech.notAllowed : left > COUNT_FROM ? '' : left > 0 ? texts.composer.remaining(left) : texts.composer.full(MESSAGE_LIMIT)}
      </p>
    </form>
  );
}
