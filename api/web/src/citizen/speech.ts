/** Reading answers aloud and taking down what is said, where the browser can. */

import type { Card, Reply } from './api';
import { splitPhones } from './phones';
import { leadLines } from './replies';
import { texts } from './texts';

export interface Voice {
  available: boolean;
  /** The id of what is being read, or null. */
  reading(): string | null;
  subscribe(listener: () => void): () => void;
  read(id: string, sentences: string[]): void;
  stop(): void;
}

/** What is read of an answer: what matters, in the order of the screen; statutes and sources are for the eyes. */
export function spoken(reply: Reply): string[] {
  return [...leadLines(reply), ...reply.cards.flatMap(spokenOf)].filter(Boolean).map(phonesByDigit);
}

function spokenOf(card: Card): string[] {
  switch (card.kind) {
    case 'danger':
      return card.lines;
    case 'answer':
      return [
        card.answer,
        ...card.steps,
        card.bring.length > 0 ? `${texts.answer.bring}${card.bring.join('、')}` : '',
        ...card.time_limits.map((limit) => limit.text),
      ];
    case 'question':
      return [card.text, card.options.map((option) => option.label).join('，')];
    case 'referral':
      return [`${texts.referral.heading}：${card.body.name}`, card.what_it_does, card.say_there];
    case 'ticket':
      return [`${texts.ticket.number} ${spell(card.number)}`, `${texts.ticket.code} ${spell(card.query_code)}`, card.next];
    case 'deadline':
    case 'notice':
      return [card.text];
    case 'ticket_form':
    case 'complaint':
      return [];
  }
}

/** 12348 is said digit by digit, not as a quantity; the one is yāo, as people say it on the telephone. */
function phonesByDigit(sentence: string): string {
  const english = languageOf(sentence) === 'en';
  const byDigit = (dial: string) =>
    english ? [...dial].join(' ') : dial.replace(/\d/g, (digit) => texts.speech.digits[Number(digit)]!);
  return splitPhones(sentence)
    .map((piece) => (piece.dial ? byDigit(piece.dial) : piece.text))
    .join('');
}

/** Which voice a sentence needs; one with Chinese in it the Chinese one, which knows some English. */
export function languageOf(sentence: string): 'zh-CN' | 'en' {
  return /[a-z]/i.test(sentence) && !/[\u3400-\u9fff]/.test(sentence) ? 'en' : 'zh-CN';
}

function spell(code: string): string {
  return [...code].map((sign) => (/\d/.test(sign) ? texts.speech.digits[Number(sign)]! : sign)).join(' ');
}

/** The browser's voice. It reads one answer at a time, sentence by sentence: long texts are cut off by some browsers. */
export function browserVoice(): Voice {
  const synthesis = typeof window === 'undefined' ? undefined : window.speechSynthesis;
  const listeners = new Set<() => void>();
  let reading: string | null = null;
  const now = (id: string | null) => {
    reading = id;
    for (const listener of listeners) listener();
  };
  return {
    available: synthesis !== undefined && typeof SpeechSynthesisUtterance === 'function',
    reading: () => reading,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read(id, sentences) {
      if (!synthesis) return;
      synthesis.cancel();
      now(id);
      sentences.forEach((sentence, index) => {
        const utterance = new SpeechSynthesisUtterance(sentence);
        utterance.lang = languageOf(sentence);
        utterance.rate = 0.9;
        const last = index === sentences.length - 1;
        utterance.onend = () => last && reading === id && now(null);
        utterance.onerror = () => reading === id && now(null);
        synthesis.speak(utterance);
      });
    },
    stop() {
      synthesis?.cancel();
      now(null);
    },
  };
}

/** The part of the browser's recognition that is used; TypeScript's own types lack it. */
interface Recognition {
  lang: string;
  interimResults: boolean;
  continuous: boolean;
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null;
  onend: (() => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  start(): void;
  stop(): void;
}

/** What listens, or null where the browser can't. */
export function recognition(): Recognition | null {
  const kinds = window as unknown as Record<string, (new () => Recognition) | undefined>;
  const Kind = kinds.SpeechRecognition ?? kinds.webkitSpeechRecognition;
  if (!Kind) return null;
  const made = new Kind();
  made.lang = 'zh-CN';
  made.interimResults = true;
  made.continuous = true;
  return made;
}

export function canListen(): boolean {
  return typeof window !== 'undefined' && ('SpeechRecognition' in window || 'webkitSpeechRecognition' in window);
}
