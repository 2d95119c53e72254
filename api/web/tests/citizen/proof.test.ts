import { describe, expect, it } from 'vitest';
import { prove } from '../../src/citizen/proof';
import { search } from '../../src/citizen/proofSearch';

const CHALLENGE = '1764000000.0123456789abcdef01234567.10.00112233445566778899aabbccddeeff';

/** Zero bits at the beginning, by another program's SHA-256. */
async function zeroBits(proof: string): Promise<number> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(proof)));
  return [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('').indexOf('1');
}

describe('a proof of work', () => {
  it('has as many zero bits as were asked for, and is the first that has', async () => {
    const counter = search(CHALLENGE, 0, Infinity)!;
    expect(await zeroBits(`${CHALLENGE}.${counter}`)).toBeGreaterThanOrEqual(10);
    for (let before = 0; before < counter; before += 1) {
      expect(await zeroBits(`${CHALLENGE}.${before}`)).toBeLessThan(10);
    }
    expect(search(CHALLENGE, 0, counter)).toBeNull();
  });

  it('is made where there are no workers, too', async () => {
    expect(await zeroBits(await prove(CHALLENGE))).toBeGreaterThanOrEqual(10);
  });
});
