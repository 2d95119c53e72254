import { describe, expect, it } from 'vitest';
import { createStorage } from '../../src/citizen/storage';

describe('what the page remembers', () => {
  it('is nothing, without an error, where storage is switched off', () => {
    const storage = createStorage(null, null);
    storage.saveSession({ id: 'c', token: 't' });
    expect(storage.session()).toBeNull();
    expect(storage.pending()).toEqual([]);
  });

  it('is nothing, without an error, where writing fails or what is stored is broken', () => {
    const full = {
      getItem: () => '{broken',
      setItem: () => {
        throw new Error('QuotaExceededError');
      },
      removeItem: () => undefined,
    };
    const storage = createStorage(full, full);
    storage.saveDraft('公司不发工资');
    expect(storage.draft()).toBe('');
    expect(storage.largePrint()).toBe(false);
  });
});
