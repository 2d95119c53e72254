import { describe, expect, it } from 'vitest';
import { resumeFromLink } from '../../src/citizen/resume';
import { forgetfulStorage, type Storage } from '../../src/citizen/storage';

const ID = 'a'.repeat(24);
const TOKEN = 'T0ken-_'.repeat(4);
const LINK = `#resume=${ID}.${TOKEN}`;

function remembering(): Storage {
  let session: ReturnType<Storage['session']> = null;
  return { ...forgetfulStorage(), session: () => session, saveSession: (value) => (session = value) };
}

describe('a link from WeChat', () => {
  it('opens its conversation when the person agrees', () => {
    const storage = remembering();
    expect(resumeFromLink(LINK, storage, () => true)).toBe(true);
    expect(storage.session()).toEqual({ id: ID, token: TOKEN });
  });

  it('changes nothing when the person does not', () => {
    const storage = remembering();
    storage.saveSession({ id: 'b'.repeat(24), token: 'own' });
    expect(resumeFromLink(LINK, storage, () => false)).toBe(true);
    expect(storage.session()?.token).toBe('own');
  });

  it('asks nothing when it is the present conversation', () => {
    const storage = remembering();
    storage.saveSession({ id: ID, token: TOKEN });
    const asked: boolean[] = [];
    resumeFromLink(LINK, storage, () => asked.push(true) > 0);
    expect(asked).toEqual([]);
  });

  it.each(['', '#', '#resume=', `#resume=${ID}`, `#resume=${ID}.<script>`, `#other=${ID}.${TOKEN}`])('%s is none', (hash) => {
    expect(resumeFromLink(hash, remembering(), () => true)).toBe(false);
  });
});
