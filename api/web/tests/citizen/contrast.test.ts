import { beforeEach, describe, expect, it } from 'vitest';
import css from '../../src/citizen/styles/tokens.css?raw';

/** The looks, each with the blocks that make it, the later ones over the earlier. */
const LOOKS = {
  light: [':root {'],
  'light, high contrast': [':root {', ':root.high-contrast {'],
  dark: [':root {', ':root.dark {'],
  'dark, high contrast': [':root {', ':root.high-contrast {', ':root.dark {', ':root.dark.high-contrast {'],
};

let look: keyof typeof LOOKS;

function luminance(token: string): number {
  const values = LOOKS[look].map((block) => {
    const rules = css.slice(css.indexOf(block), css.indexOf('}', css.indexOf(block)));
    return new RegExp(`--${token}: #([0-9a-f]{6})`).exec(rules)?.[1];
  });
  const hex = values.reverse().find(Boolean);
  if (!hex) throw new Error(`No colour --${token}`);
  const [r, g, b] = [0, 2, 4].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])('%s', (name) => {
  beforeEach(() => {
    look = name;
  });

  // WCAG 2.2, 1.4.6 (AAA): 7:1 for text.
  it.each([
    ['ink', 'paper'],
    ['ink', 'ground'],
    ['ink', 'action-tint'],
    ['ink', 'danger-tint'],
    ['ink-soft', 'paper'],
    ['ink-soft', 'ground'],
    ['ink-soft', 'action-tint'],
    ['ink-soft', 'danger-tint'],
    ['hint', 'paper'],
    ['action', 'paper'],
    ['action', 'ground'],
    ['action', 'action-tint'],
    ['on-action', 'action'],
    ['on-action', 'action-dark'],
    ['danger', 'paper'],
    ['danger', 'ground'],
    ['danger', 'danger-tint'],
    ['on-danger', 'danger-ground'],
    ['amber-ink', 'amber'],
    ['amber-ink', 'paper'],
  ])('%s on %s is at least 7:1', (text, ground) => {
    expect(contrast(text, ground)).toBeGreaterThanOrEqual(7);
  });

  // WCAG 2.2, 1.4.11: 3:1 for the edges of what can be used.
  it.each([
    ['line-strong', 'paper'],
    ['action', 'paper'],
    ['amber-line', 'paper'],
  ])('%s against %s is at least 3:1', (edge, ground) => {
    expect(contrast(edge, ground)).toBeGreaterThanOrEqual(3);
  });
});
