/** A slip drawn as a picture, to keep among one's photos. */

import type { Slip } from './slip';
import { texts } from './texts';

const WIDTH = 720;
const MARGIN = 48;
const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

/** The picture as a `data:` address; black on white whatever the page's colours are, so that it can be printed. */
export function drawSlip(slip: Slip): string {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d')!;
  const blocks = [
    { text: slip.heading, size: 28, weight: 700, gap: 36 },
    { text: slip.title, size: 44, weight: 700, gap: 28 },
    ...slip.lines.map((text) => ({ text, size: 30, weight: 400, gap: 18 })),
    { text: texts.slip.foot, size: 24, weight: 400, gap: 0 },
  ].map((block) => ({ ...block, rows: wrapped(pen, block.text, font(block), WIDTH - 2 * MARGIN) }));

  const height = blocks.reduce((sum, { rows, size, gap }) => sum + rows.length * size * 1.5 + gap, 2 * MARGIN);
  canvas.width = WIDTH;
  canvas.height = Math.ceil(height);
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.strokeStyle = '#0b4a57';
  pen.lineWidth = 6;
  pen.strokeRect(12, 12, canvas.width - 24, canvas.height - 24);
  pen.fillStyle = '#16222a';
  pen.textBaseline = 'top';
  let top = MARGIN;
  for (const block of blocks) {
    pen.font = font(block);
    for (const row of block.rows) {
      pen.fillText(row, MARGIN, top);
      top += block.size * 1.5;
    }
    top += block.gap;
  }
  return canvas.toDataURL('image/png');
}

function font({ size, weight }: { size: number; weight: number }): string {
  return `${weight} ${size}px ${FONT}`;
}

/** Rows that fit; a number or a Latin word is not broken. */
function wrapped(pen: CanvasRenderingContext2D, text: string, font: string, width: number): string[] {
  pen.font = font;
  const rows: string[] = [];
  let row = '';
  for (const piece of text.match(/[\w-]+|[^]/g) ?? []) {
    if (row && pen.measureText(row + piece).width > width) {
      rows.push(row);
      row = '';
    }
    row += piece;
  }
  return row ? [...rows, row] : rows;
}
