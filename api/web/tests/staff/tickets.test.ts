import { describe, expect, it } from 'vitest';
import { DOINGS, leftText, nextStep, possible, type Detail } from '../../src/staff/tickets/actions';
import type { Schemas } from '../../src/staff/api/client';

const ticket = (changes: Partial<Detail>): Detail => ({ may: [], owner: '', offered_to: '', ...changes }) as Detail;
const clock = (changes: Partial<Schemas['ClockView']>) =>
  ({ stopped_at: null, paused: false, left_days: 1, kept: null, ...changes }) as Schemas['ClockView'];

describe('what can be done with a ticket', () => {
  it('is what the service allows and a person can mean, in a fixed order', () => {
    expect(possible(ticket({ may: ['note', 'seen', 'sent', 'overdue'] }), 'wang')).toEqual(['sent', 'note']);
  });

  it('does not offer to take over what one has, nor to give back what nobody has', () => {
    expect(possible(ticket({ may: ['taken', 'requeued'], owner: 'wang' }), 'wang')).toEqual(['requeued']);
    expect(possible(ticket({ may: ['taken', 'requeued'] }), 'wang')).toEqual(['taken']);
  });

  it('lets only the one who was asked become first responder', () => {
    const asked = ticket({ may: ['handed', 'declined'], offered_to: 'li' });
    expect(possible(asked, 'li')).toEqual(['handed', 'declined']);
    expect(possible(asked, 'wang')).toEqual([]);
  });

  it('shows the sending, a due decision or a due call as the next step', () => {
    expect(nextStep(ticket({ state: 'opened' }), ['note', 'sent'])).toBe('sent');
    expect(nextStep(ticket({ state: 'disputed' }), ['note', 'decided'])).toBe('decided');
    expect(nextStep(ticket({ state: 'sent' }), ['note', 'decided'])).toBeUndefined();
    expect(nextStep(ticket({ state: 'closed', callback_due: true }), ['called_back'])).toBe('called_back');
  });

  it('asks for a text wherever one field is a text', () => {
    for (const doing of Object.values(DOINGS)) expect(doing.fields.includes('text')).toBe(doing.text !== undefined);
  });
});

describe('what is left of a promise', () => {
  it.each([
    [{ left_days: 2 }, '还有 2 个工作日'],
    [{ left_days: 0 }, '今天最后一天'],
    [{ left_days: -3 }, '超期 3 个工作日'],
    [{ paused: true, left_days: null }, '停着，等市民补充'],
    [{ stopped_at: '2026-11-24T00:00:00Z', kept: true }, '已做到'],
    [{ stopped_at: '2026-11-24T00:00:00Z', kept: false }, '超期了'],
  ])('%o reads %s', (changes, text) => {
    expect(leftText(clock(changes))).toBe(text);
  });
});
