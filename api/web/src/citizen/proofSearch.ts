/** Work that the service asks for while it is flooded (`api/proof.py`): a counter whose hash begins with enough zero bits. */
import { sha256 } from '@noble/hashes/sha2.js';

/** The first counter of `count` from `from` that proves the challenge; null when none does. */
export function search(challenge: string, from: number, count: number): number | null {
  const wanted = Number(challenge.split('.')[2]);
  const begun = sha256.create().update(bytes(`${challenge}.`));
  for (let counter = from; counter < from + count; counter += 1) {
    if (zeroBits(begun.clone().update(bytes(String(counter))).digest()) >= wanted) return counter;
  }
  return null;
}

function zeroBits(digest: Uint8Array): number {
  const first = digest.findIndex((byte) => byte !== 0);
  return first < 0 ? digest.length * 8 : first * 8 + Math.clz32(digest[first]!) - 24;
}

function bytes(ascii: string): Uint8Array {
  return Uint8Array.from(ascii, (letter) => letter.charCodeAt(0));
}
