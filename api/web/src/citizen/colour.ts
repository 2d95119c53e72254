/** A site's own colour for buttons, if words on it and in it can be read; null otherwise, and ours holds. */
export function frameColour(given: string | null): string | null {
  const match = /^#?([0-9a-f]{6})$/i.exec(given ?? '');
  if (!match) return null;
  return contrastToWhite(match[1]!) >= LEAST_CONTRAST ? `#${match[1]!.toLowerCase()}` : null;
}

// White words on the colour, and words of the colour on white (WCAG 2.2, 1.4.6).
const LEAST_CONTRAST = 7;

function contrastToWhite(hex: string): number {
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}
