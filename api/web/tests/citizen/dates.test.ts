import { describe, expect, it } from 'vitest';
import { dayAndTime, dayWithWeekday, fullDay } from '../../src/citizen/dates';

const now = new Date('2026-11-24T02:00:00Z');

describe('dates', () => {
  it('carry their weekday', () => {
    expect(dayWithWeekday('2026-11-27', now)).toBe('11 月 27 日（周五）');
  });

  it('carry the year when it is not this one', () => {
    expect(dayWithWeekday('2027-01-04', now)).toBe('2027 年 1 月 4 日（周一）');
  });

  it('take this year from Wuhan, not from the device', () => {
    expect(dayWithWeekday('2027-01-04', new Date('2026-12-31T17:00:00Z'))).toBe('1 月 4 日（周一）');
  });

  it('give instants in the time of Wuhan', () => {
    expect(dayAndTime('2026-11-23T17:05:00Z', now)).toBe('11 月 24 日（周二）01:05');
    expect(dayAndTime('2026-11-24T09:05:00+08:00', now)).toBe('11 月 24 日（周二）09:05');
  });

  it('come back as they are when they are no dates', () => {
    expect(dayWithWeekday('下周', now)).toBe('下周');
    expect(dayAndTime('不详', now)).toBe('不详');
    expect(fullDay('2021-01-01')).toBe('2021 年 1 月 1 日');
  });
});
