import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/citizen/api';
import { CardView } from '../../src/citizen/components/cards/CardView';
import { tidyKeys } from '../../src/citizen/components/TicketLookup';
import { ReaderContext, type Reader } from '../../src/citizen/reader';
import { browserVoice } from '../../src/citizen/speech';
import { texts } from '../../src/citizen/texts';
import { aBody, aForm, aQuestion, aReferral, aReply, aTicket, anAnswer } from './builders';

function shown(card: Card, reader: Partial<Reader> = {}): string {
  const reply = aReply({ cards: [card] });
  const voice = browserVoice();
  return renderToStaticMarkup(
    <ReaderContext value={{ place: 'page', simple: false, english: false, voice, fileLimits: null, ...reader }}>
      <CardView
        card={card}
        reply={reply}
        fresh
        entries={[{ kind: 'bot', id: reply.id, reply, fresh: true }]}
        onSay={() => undefined}
        onOpenTicket={async () => ({ kind: 'sent' })}
        onFollowTicket={() => undefined}
        onComplain={() => Promise.reject(new Error('not used'))}
      />
    </ReaderContext>,
  );
}

describe('cards', () => {
  it('never take content as HTML', () => {
    const html = shown(anAnswer({ answer: '<img src=x onerror=alert(1)>', steps: ['<b>一</b>'] }));
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<b>');
  });

  it('have the words needed to go on in both languages where the conversation is in English, and only there', () => {
    const english = shown(aForm, { english: true }) + shown(aTicket, { english: true });
    for (const key of ['form', 'phone', 'agree', 'submit', 'number', 'code', 'keep'] as const) {
      expect(english).toContain(texts.english[key]);
    }
    expect(english).toContain(texts.ticketForm.submit);
    expect(shown(aForm) + shown(aTicket)).not.toMatch(/Phone|Query code|I agree/);
  });

  it('have no style attributes, which the page policy would refuse', () => {
    const cards: Card[] = [anAnswer(), aQuestion(), aReferral(), aForm, aTicket];
    for (const card of cards) expect(shown(card)).not.toContain('style=');
  });

  it('danger: the number is a link and comes before the words', () => {
    const html = shown({ kind: 'danger', lines: ['能出门就出门。'], phones: [{ number: '110', name: '报警' }] });
    expect(html).toContain('href="tel:110"');
    expect(html.indexOf('110')).toBeLessThan(html.indexOf('能出门'));
    expect(html).toContain('role="alert"');
  });

  it('answer: the articles are folded, with their text and since when they are in force', () => {
    const statute = { id: '民法典第一千零七十九条', text: '夫妻一方要求离婚的……', effective: '2021-01-01' };
    const html = shown(anAnswer({ statutes: [statute] }));
    expect(html).toMatch(/<details>.*民法典第一千零七十九条.*夫妻一方.*2021 年 1 月 1 日起施行.*<\/details>/s);
    expect(html).not.toContain('<details open');
  });

  it('answer: what it comes to is first, then the one thing to do, and no more than three steps are shown', () => {
    const html = shown(anAnswer({ steps: ['存证据。', '去投诉。', '去仲裁。', '请律师。'], settles: '看有没有上班。' }));
    const [before, folded] = html.split('<details>') as [string, string];
    expect(before.indexOf('可以要回来')).toBeLessThan(before.indexOf(texts.answer.first));
    expect(before).toContain('去仲裁。');
    expect(before).not.toContain('请律师。');
    expect(folded).toContain('请律师。');
    expect(folded).toContain('看有没有上班。');
  });

  it('answer: said shortly, it is one sentence and one thing to do; the rest can be unfolded', () => {
    const html = shown(anAnswer({ steps: ['存证据。', '去投诉。'], bring: ['身份证'] }), { simple: true });
    const [before] = html.split('<details>') as [string];
    expect(before).toContain('存证据。');
    expect(before).not.toContain('去投诉。');
    expect(html).toContain('身份证');
  });

  it('referral: said shortly, it is a name and one number', () => {
    const hotlines = ['12333', '12351'].map((number) => ({ number, name: '热线', note: '' }));
    const html = shown(aReferral({ hotlines, what_it_does: '查欠薪。' }), { simple: true });
    expect(html).toContain('12333');
    expect(html).not.toContain('12351');
    expect(html).not.toContain('查欠薪。');
  });

  it('on a terminal lead nowhere else: no telephone links, no sites, no maps', () => {
    const body = aBody({ address: '某路 1 号', phone: '027-85551234', website: 'https://www.wuhan.gov.cn' });
    const danger = { kind: 'danger' as const, lines: ['马上打 110。'], phones: [{ number: '110', name: '报警' }] };
    const hotlines = [{ number: '12333', name: '人社热线', note: '' }];
    for (const card of [danger, aReferral({ body, hotlines }), aTicket]) {
      const html = shown(card, { place: 'kiosk' });
      expect(html).not.toContain('<a ');
      expect(html).toContain('1');
    }
  });

  it('answer: other sources are marked as unverified', () => {
    expect(shown(anAnswer({ other_sources: ['工伤保险条例第十七条'] }))).toContain(texts.answer.unverified);
  });

  it('referral: what is not known is said to be unverified, and nothing else is', () => {
    expect(shown(aReferral())).toContain('地址、电话、办公时间：未核实，请以 <a class="phone" href="tel:12348">');
    const known = aBody({ state: 'confirmed', address: '某路 1 号', phone: '027-85551234', hours: '周一到周五' });
    const html = shown(aReferral({ body: known }));
    expect(html).not.toContain('未核实');
    expect(html).toContain('href="tel:02785551234"');
    expect(html).toContain(`keyword=${encodeURIComponent('武汉市某路 1 号')}`);
  });

  it('referral: no map is offered where the address is not known', () => {
    expect(shown(aReferral())).not.toContain('amap');
  });

  it('referral: what is known of an unconfirmed body is shown with the warning', () => {
    const html = shown(aReferral({ body: aBody({ address: '某路 1 号', phone: '12348', hours: '周一' }) }));
    expect(html).toContain('某路 1 号');
    expect(html).toContain('未核实');
  });

  it('referral: only web addresses become links', () => {
    const html = shown(aReferral({ body: aBody({ website: 'javascript:alert(1)' }) }));
    expect(html).not.toContain('href="javascript');
  });

  it('deadline: the last day has its weekday, and a passed one does not send anybody away', () => {
    const card = { kind: 'deadline' as const, text: '一年内要申请。', last_day: '2020-11-27', days_left: -5, basis: '' };
    const html = shown(card);
    expect(html).toContain('2020 年 11 月 27 日（周五）');
    expect(html).toContain(texts.deadline.passed);
    expect(html).not.toContain('过期');
  });

  it('question: every option can be tapped while it is the last word', () => {
    const html = shown(aQuestion());
    expect(html.match(/aria-disabled="false"/g)).toHaveLength(2);
  });

  it('ticket form: every field has a label, and consent is not given beforehand', () => {
    const html = shown(aForm);
    for (const [, id] of html.matchAll(/<input id="([^"]+)"/g)) expect(html).toContain(`for="${id}"`);
    expect(html).not.toContain('checked');
  });

  it('of a kind this page does not know are left out', () => {
    expect(shown({ kind: 'new_kind' } as unknown as Card)).toBe('');
  });
});

describe('looking a ticket up', () => {
  it('takes number and code as people type them', () => {
    expect(tidyKeys({ number: ' wh20261124－000123', code: '７ｋ4m 2p' })).toEqual({
      number: 'WH20261124-000123',
      code: '7K4M2P',
    });
  });
});
