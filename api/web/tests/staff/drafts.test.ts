import { describe, expect, it } from 'vitest';
import { draftsOf, KEPT_MS, sweep } from '../../src/staff/drafts';

/** Storage as browsers have it: what is kept are its own enumerable properties. */
function storage(): Storage {
  const kept: Record<string, string> = {};
  const methods = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
    removeItem: (key: string) => void delete kept[key],
  };
  return new Proxy(kept, { get: (_, name) => methods[name as keyof typeof methods] }) as unknown as Storage;
}

describe('a draft', () => {
  it('is there after a reload, for the one who wrote it only', () => {
    const kept = storage();
    draftsOf(kept, 'zhang', () => 0).write('answer.1', '您好', '3');
    expect(draftsOf(kept, 'zhang', () => 1).read('answer.1')).toEqual({ value: '您好', base: '3', at: 0 });
    expect(draftsOf(kept, 'li', () => 1).read('answer.1')).toBeNull();
    expect(draftsOf(kept, 'zhang', () => 1).read('answer.2')).toBeNull();
  });

  it('of one user name is not taken for that of another', () => {
    const kept = storage();
    draftsOf(kept, 'a.b', () => 0).write('c', 1, '');
    expect(draftsOf(kept, 'a', () => 0).read('b.c')).toBeNull();
  });

  it('goes when it is saved', () => {
    const drafts = draftsOf(storage(), 'zhang', () => 0);
    drafts.write('answer.1', { title: '案例' }, '');
    drafts.clear('answer.1');
    expect(drafts.read('answer.1')).toBeNull();
  });

  it('goes after a week', () => {
    const kept = storage();
    draftsOf(kept, 'zhang', () => 0).write('a', 'x', '');
    draftsOf(kept, 'li', () => KEPT_MS).write('b', 'y', '');
    kept.setItem('yibotong.draft.li:broken', '{');
    kept.setItem('something.else', '1');
    expect(draftsOf(kept, 'zhang', () => KEPT_MS).read('a')).toBeNull();
    sweep(kept, KEPT_MS);
    expect(Object.keys(kept).sort()).toEqual(['something.else', 'yibotong.draft.li:b']);
  });

  it('is nothing, without an error, where storage is away, full or broken', () => {
    expect(draftsOf(null, 'zhang', () => 0).read('a')).toBeNull();
    draftsOf(null, 'zhang', () => 0).write('a', 'x', '');
    sweep(null, 0);
    const full = {
      getItem: () => '{broken',
      setItem: () => {
        throw new Error('QuotaExceededError');
      },
      removeItem: () => {
        throw new Error('SecurityError');
      },
    } as unknown as Storage;
    const drafts = draftsOf(full, 'zhang', () => 0);
    drafts.write('a', 'x', '');
    drafts.clear('a');
    expect(drafts.read('a')).toBeNull();
  });
});
