import { describe, expect, it } from 'vitest';
import { languageOf, spoken } from '../../src/citizen/speech';
import { aReferral, aReply, aTicket, anAnswer } from './builders';

describe('reading aloud', () => {
  it('says telephone numbers digit by digit, and quantities as they are', () => {
    const reply = aReply({ text: '马上打 110。交 120 元。问 12348。' });
    expect(spoken(reply)).toEqual(['马上打 幺幺零。交 120 元。问 幺二三四八。']);
  });

  it('reads what matters of a card, and no statute', () => {
    const statutes = [{ id: '民法典第一条', text: '为了保护', effective: '2021-01-01' }];
    const reply = aReply({ text: '可以要回来，而且不用花钱。', cards: [anAnswer({ steps: ['存证据。'], statutes }), aReferral()] });
    const said = spoken(reply).join('');
    expect(said).toContain('存证据。');
    expect(said).toContain('洪山区劳动监察');
    expect(said).not.toContain('民法典');
    expect(said.match(/可以要回来/g)).toHaveLength(1);
  });

  it('reads English as English, digit by digit where it is a telephone number', () => {
    expect(spoken(aReply({ text: 'Call 110 now.\n马上打 110。' }))).toEqual(['Call 1 1 0 now.', '马上打 幺幺零。']);
    expect(['Call 1 1 0 now.', 'labour inspection 劳动监察'].map(languageOf)).toEqual(['en', 'zh-CN']);
  });

  it('spells the query code', () => {
    expect(spoken(aReply({ cards: [aTicket] })).join()).toContain('七 K 四 M 二 P');
  });
});
