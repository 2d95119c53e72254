import { describe, expect, it } from 'vitest';
import { arranged, firstSentence, leadLines, onePhone, optionsOf, visibleQuickReplies } from '../../src/citizen/replies';
import { aBody, aDeadline, aQuestion, aReferral, aReply, anAnswer } from './builders';

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
    expect(arranged([answer, danger])).toEqual({ danger: [danger], others: [answer] });
  });

  it('tell time limits without a date together, behind the slip; a last day stays in front', () => {
    const [one, two] = [aDeadline({ text: '一年内' }), aDeadline({ text: '两年内' })];
    const near = aDeadline({ last_day: '2026-11-27', days_left: 3 });
    const slip = aReferral();
    expect(arranged([near, one, two, slip]).others).toEqual([near, slip, { kind: 'times', limits: [one, two] }]);
    expect(arranged([one]).others).toEqual([{ kind: 'times', limits: [one] }]);
  });

  it('name one number where there is room for one: the body, else its hotline, else ours', () => {
    const hotline = { number: '12333', name: '人社热线', note: '' };
    const body = aBody({ phone: '027-85551234', name: '劳动监察' });
    expect(onePhone(aReferral({ body, hotlines: [hotline] })).number).toBe('027-85551234');
    expect(onePhone(aReferral({ hotlines: [hotline] })).number).toBe('12333');
    expect(onePhone(aReferral()).number).toBe('12348');
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
