import { describe, expect, it } from 'vitest';
import { splitPhones, telLink } from '../../src/citizen/phones';

const dialled = (text: string) => splitPhones(text).flatMap((piece) => (piece.dial ? [piece.dial] : []));

describe('telephone numbers in sentences', () => {
  it.each([
    ['马上打 110。', ['110']],
    ['受伤了打120。', ['120']],
    ['先打 110 或 120', ['110', '120']],
    ['请以 12348 告知为准', ['12348']],
    ['打 0755-12348 或当地 12345', ['075512348', '12345']],
    ['电话 027-87654321、027-87654322', ['02787654321', '02787654322']],
    ['手机 13812345678', ['13812345678']],
    ['客服 400-123-4567', ['4001234567']],
    ['报警电话：110', ['110']],
    ['Call 110 now.', ['110']],
    ['Hurt or not breathing: 120.', ['120']],
    ['Accident on the road: also 122.', ['122']],
    ['Emergency: 110 police, 120 ambulance. Legal hotline: 12348.', ['110', '120', '12348']],
    ['If hurt, call 120 or 110.', ['120', '110']],
  ])('%s', (text, numbers) => {
    expect(dialled(text)).toEqual(numbers);
  });

  it.each([
    '欠我 12345 元',
    '满 120 元',
    'they owe me 120 yuan',
    'after 110 days',
    'You can text 12110.',
    '一共 12345.5 元',
    '第 110 条',
    '还差 120',
    '工单 WH20261124-000123',
    '身份证 420106199001011234',
    '最后一天是 2026-11-27',
    '不方便说话，可以发短信到 12110。',
  ])('are not seen in: %s', (text) => {
    expect(dialled(text)).toEqual([]);
  });

  it('leave the sentence as it was', () => {
    const text = '先打 110，再打 12348 问，电话 027-87654321。';
    expect(splitPhones(text).map((piece) => piece.text).join('')).toBe(text);
  });

  it('are dialled without separators', () => {
    expect(telLink('027-8765 4321')).toBe('tel:02787654321');
  });
});
