/** Telephone numbers inside sentences, so that they can be called with one tap. */

export interface Piece {
  text: string;
  /** What to dial, when this piece is a telephone number. */
  dial: string | null;
}

// Longest first: with area code, mobile, 400/800 lines, five-digit service lines, then the short emergency numbers.
const NUMBER = /\d{3,4}-\d{3,4}-\d{4}|0\d{2,3}-\d{5,8}|0\d{10,11}|1[3-9]\d{9}|12[0-3]\d{2}|96\d{3,4}|11[09]|12[02]/g;

// Three digits are a telephone number only when the words say so: 「打 110」, not 「满 120 元」.
const CALLED_BEFORE = /(?:打|拨|电话|报警|急救|火警|\b(?:call|dial|phone)|\bhurt[^.:]{0,24}:|: also)[：:\s「“]*$/i;
const CALLED_AFTER = /^\s*(?:报警|急救|火警|(?:police|ambulance|fire)\b)/i;
const ANOTHER_NUMBER = /\d\s*(?:、|和|或者?|or|and|,)\s*$/;
const COUNTED = /^\s*(?:[元块万天年月条个人号平㎡%％]|[.．]\d|(?:yuan|days?|months?|years?|people)\b)/;
// A number for text messages must not be called.
const FOR_TEXT_MESSAGES = /(?:短信[^，。；]{0,4}|\b(?:text|sms|message)[^,.;]{0,9})$/i;

/** The pieces of a sentence in order; joined, their texts are the sentence. */
export function splitPhones(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(NUMBER)) {
    const number = match[0];
    const before = text.slice(0, match.index);
    const after = text.slice(match.index + number.length);
    if (!isPhone(number, before, after, done > 0 && done >= match.index - 4)) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index), dial: null });
    pieces.push({ text: number, dial: number.replace(/-/g, '') });
    done = match.index + number.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done), dial: null });
  return pieces;
}

function isPhone(number: string, before: string, after: string, nextToPhone: boolean): boolean {
  if (/[\dA-Za-z-]$/.test(before) || /^[\dA-Za-z-]/.test(after)) return false;
  if (COUNTED.test(after) || FOR_TEXT_MESSAGES.test(before)) return false;
  if (number.length > 3) return true;
  return CALLED_BEFORE.test(before) || CALLED_AFTER.test(after) || (nextToPhone && ANOTHER_NUMBER.test(before));
}

/** The address of a telephone link. */
export function telLink(number: string): string {
  return `tel:${number.replace(/[^\d+*#]/g, '')}`;
}
