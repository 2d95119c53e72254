import { expect, it } from 'vitest';
import { countText, day, drawn, rateOf, rateText, tick, type Group } from '../../src/staff/figures/texts';

const rate = (part: number, whole: number, few = whole < 20) => ({ part, whole, value: whole ? part / whole : null, few });

it('shows no rate of too few and none of nothing, but always the numbers', () => {
  expect(rateText(rate(27, 29))).toBe('93.1%');
  expect(rateText(rate(3, 4))).toBe('太少');
  expect(rateText(rate(0, 0))).toBe('没有数据');
  expect(countText(rate(3, 4))).toBe('3 / 4');
});

it('draws only what may be read', () => {
  expect([rate(27, 29), rate(3, 4), rate(0, 0)].map(drawn)).toEqual([93.1, null, null]);
});

it('takes a figure the server does not give as nothing', () => {
  const group: Group = { key: '', name: '全部', tickets: 1, rates: { rated: rate(1, 1) } };
  expect(rateOf(group, 'rated').whole).toBe(1);
  expect(rateText(rateOf(group, 'returned'))).toBe('没有数据');
});

it('takes no nonsense from the address as a day', () => {
  expect([day('2026-11-24'), day('2026-11'), day('<b>'), day(null)]).toEqual(['2026-11-24', undefined, undefined, undefined]);
});

it('names times shortly', () => {
  expect(tick('month', '2026-03-01', '2026 年 3 月')).toBe('26 年 3 月');
  expect(tick('week', '2026-03-02', '')).toBe('03-02');
  expect(tick('area', '洪山区', '洪山区')).toBe('洪山区');
});
