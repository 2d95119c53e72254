import { expect, it } from 'vitest';
import { minute, second } from '../../src/staff/moments';

it('a moment is shown in the time of the city', () => {
  expect(minute('2026-11-24T20:05:09Z')).toBe('2026-11-25 04:05');
  expect(second('2026-11-24T16:00:07.5+00:00')).toBe('2026-11-25 00:00:07');
  expect(minute(null)).toBe('');
});
