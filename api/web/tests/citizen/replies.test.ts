import { describe, expect, it } from 'vitest';
import { dangerApart, firstSentence, leadLines, optionsOf, visibleQuickReplies } from '../../src/citizen/replies';
import { aQuestion, aReply, anAnswer } from './builders';

describe('the text of a reply', () => {
  it('is not said twice when a card says it', () => {
    const reply = aReply({ text: '三个月没拿到工资，日子难过。\n可以要回来，而且不用花钱。', cards: [anAnswer()] });
    expect(leadLines(reply)).toEqual(['三个月没拿到工资，日子难过。']);
  });

  it('is left out when the question card asks it, reason included', () => {
    const reply = aReply({ text: '您在哪个区上班？（由上班的区受理）', cards: [aQuestion()] });
    expect(leadLines(reply)).toEqual([]);
  });
});

describe('the cards', () => {
  it('keep danger apart, to be shown first', () => {
    const danger = { kind: 'danger' as const, lines: [], phones: [] };
    const answer = anAnswer();
    expect(dangerApart([answer, danger])).toEqual({ danger: [danger], others: [answer] });
  });

  it('always let the person say that they do not know', () => {
    expect(optionsOf(aQuestion()).map((option) => option.value)).toEqual(['洪山区', 'unknown']);
    const closed = aQuestion({ options: [{ value: 'yes', label: '有' }] });
    expect(optionsOf(closed).map((option) => option.label)).toEqual(['有', '不知道']);
  });

  it('show the first sentence of an answer by itself', () => {
    expect(firstSentence(anAnswer({ answer: '可以要回来。先去投诉。' }))).toEqual({
      first: '可以要回来。',
      rest: '先去投诉。',
    });
    expect(firstSentence(anAnswer({ answer: '可以要回来' }))).toEqual({ first: '可以要回来', rest: '' });
  });
});

describe('the taps above the composer', () => {
  it('leave out the fixed buttons and what the question card offers', () => {
    const reply = aReply({
      cards: [aQuestion()],
      quick_replies: [
        { label: '解决了', send: { action: 'resolved' } },
        { label: '没解决', send: { action: 'unresolved' } },
        { label: '转人工', send: { action: 'human' } },
        { label: '洪山', send: { choice: { question: 'work_area', value: '洪山区' } } },
      ],
    });
    expect(visibleQuickReplies(reply).map((item) => item.label)).toEqual(['解决了']);
  });
});
