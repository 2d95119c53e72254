import { describe, expect, it } from 'vitest';
import { atRisk, longestWait } from '../../../src/staff/wall/waiting';

const AT = (minute: number) => `2026-11-24T10:0${minute}:00+08:00`;
const NOW = Date.parse(AT(4));
const waits = (since: number, until: number) => ({ waiting_since: AT(since), promised_until: AT(until) });

describe('the wall', () => {
  it('warns once half of the promised time has gone, and no more when all of it has', () => {
    expect(atRisk(waits(3, 6), NOW)).toBe(false);
    expect(atRisk(waits(2, 5), NOW)).toBe(true);
    expect(atRisk(waits(0, 3), NOW)).toBe(false);
    expect(atRisk({ waiting_since: null, promised_until: null }, NOW)).toBe(false);
  });

  it('says how long the first of those who wait has waited', () => {
    expect(longestWait([waits(3, 6), waits(1, 4), waits(2, 5)], NOW)).toBe('3 分 00 秒');
    expect(longestWait([], NOW)).toBe('');
  });
});
