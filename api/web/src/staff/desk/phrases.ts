/** Canned phrases: found by what stands after a slash, their variables filled in from the conversation. */
import type { Phrase } from './types';

export interface Known {
  座席: string;
  单位: string;
  事项: string;
  工单: string;
  期限: string;
}

/** The word after a slash at the end of a text, or null: `好的 /ji` gives `ji`. */
export function slashWord(text: string): string | null {
  const found = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text);
  return found ? found[1]! : null;
}

/** Phrases whose key begins with a word, or whose title holds it. */
export function matching(phrases: readonly Phrase[], word: string): Phrase[] {
  const low = word.toLowerCase();
  const begins = phrases.filter((phrase) => phrase.key.toLowerCase().startsWith(low));
  return [...begins, ...phrases.filter((phrase) => !begins.includes(phrase) && phrase.title.includes(word))];
}

/** The text with its phrase put in the place of the slash word. What is not known stays in braces, to be seen. */
export function insert(text: string, phrase: Phrase, known: Known): string {
  return text.replace(/\/[\p{L}\p{N}_-]*$/u, '') + fill(phrase.text, known);
}

export function fill(text: string, known: Known): string {
  return text.replace(/\{(座席|单位|事项|工单|期限)\}/g, (whole, name: keyof Known) => known[name] || whole);
}

/** Variables nobody has filled in: such a text is not sent. */
export function unfilled(text: string): string[] {
  return [...text.matchAll(/\{(座席|单位|事项|工单|期限)\}/g)].map((found) => found[1]!);
}
