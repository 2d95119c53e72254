import { describe, expect, it } from 'vitest';
import { createStorage, type PendingMessage } from '../../src/citizen/storage';
import { anArea } from './builders';

const aMessage = (clientId: string): PendingMessage => ({ clientId, text: '一', send: { text: '一' }, writtenAt: 0 });

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
    expect(storage.preferences()).toBeNull();
  });

  it('is shared by two windows without one losing what the other has not sent yet', () => {
    const area = anArea();
    const one = createStorage(area, null);
    const other = createStorage(area, null);
    one.savePending([aMessage('a')]);
    other.savePending([aMessage('b')]);
    one.savePending([]);
    expect(createStorage(area, null).pending().map(({ clientId }) => clientId)).toEqual(['b']);
  });

  it('is read with care: what another page left behind does no harm', () => {
    const area = anArea();
    area.setItem('yibotong.preferences', '{"theme":"pink","largePrint":"yes","simple":true}');
    expect(createStorage(area, null).preferences()).toEqual({
      largePrint: false,
      theme: 'auto',
      highContrast: false,
      simple: true,
      readAloud: false,
    });
  });
});
