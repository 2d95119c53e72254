import { expect, test } from 'vitest';
import { written } from '../../src/staff/rules/AnswersEditor';

test('the form becomes the file, whatever signs are typed', () => {
  const text = written({ numbers: { fits_from: 0.9 }, words: '炒鱿鱼 = 辞退、解除劳动合同\n\n老赖＝失信，强制执行\n坏: "行' });
  expect(text).toBe(
    'thresholds:\n  fits_from: 0.9\n\nsynonyms:\n' +
      '- {said: "炒鱿鱼", means: ["辞退","解除劳动合同"]}\n' +
      '- {said: "老赖", means: ["失信","强制执行"]}\n' +
      '- {said: "坏: \\"行", means: []}\n',
  );
  expect(written({ numbers: {}, words: '' })).toBe('thresholds:\n\nsynonyms: []\n');
});
