import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError, type Api, type History, type Reply, type Send, type Session, type TicketRequest, type UnsolvedReason } from '../../src/citizen/api';
import { chosenOption, createConversation, formState, isCutOff, mayTellReason, toTurns, type CitizenEntry, type Entry } from '../../src/citizen/conversation';
import { createStorage, type Slip, type Storage } from '../../src/citizen/storage';
import { texts } from '../../src/citizen/texts';
import { aForm, aHistory, anArea, aQuestion, aReply, aTicket } from './builders';

/** The service as this page sees it; each message is answered once, however often it comes. */
class FakeApi implements Api {
  conversations = 0;
  received: { session: Session; clientId: string; send: Send }[] = [];
  reasons: { session: Session; reason: UnsolvedReason }[] = [];
  ticketKeys: string[] = [];
  slips: (readonly Slip[])[] = [];
  ticketRequests: TicketRequest[] = [];
  told: History | Error = aHistory([]);
  /** Thrown by the next requests, one each. */
  troubles: (Error | null)[] = [];

  async meta(): Promise<never> {
    throw new Error('not used');
  }

  async startConversation() {
    this.meetTrouble();
    this.conversations += 1;
    const id = `c${this.conversations}`;
    return { id, token: `token-${id}`, expires_at: '', reply: aReply({ id: 'greeting' }) };
  }

  async sendMessage(session: Session, clientId: string, send: Send, slips: readonly Slip[] = []) {
    this.meetTrouble();
    this.slips.push(slips);
    this.received.push({ session, clientId, send });
    return { client_id: clientId, reply: aReply({ id: `reply-to-${clientId}` }) };
  }

  async history() {
    if (this.told instanceof Error) throw this.told;
    return this.told;
  }

  async tellReason(session: Session, reason: UnsolvedReason) {
    this.meetTrouble();
    this.reasons.push({ session, reason });
  }

  async openTicket(_session: Session, idempotencyKey: string, request: TicketRequest) {
    this.ticketKeys.push(idempotencyKey);
    this.meetTrouble();
    this.ticketRequests.push(request);
    const reply = aReply({ id: 'ticket-reply', outcome: 'ticket', cards: [aTicket] });
    return { number: 'WH20261124-000123', query_code: '7K4M2P', reply };
  }

  async copyConversation(session: Session) {
    this.meetTrouble();
    return { tickets: [], conversations: [], remarks: [session.id] };
  }

  async eraseConversation(session: Session) {
    this.meetTrouble();
    return { tickets: ['WH20261124-000123'], kept: [], conversations: 1, remarks: [session.id] };
  }

  async copyTicket(): Promise<never> {
    throw new Error('not used');
  }

  async eraseTicket(): Promise<never> {
    throw new Error('not used');
  }

  async complain(): Promise<never> {
    throw new Error('not used');
  }

  async complaintForm(): Promise<never> {
    throw new Error('not used');
  }

  async complainOfTicket(): Promise<never> {
    throw new Error('not used');
  }

  async ticketStatus(): Promise<never> {
    throw new Error('not used');
  }

  async actOnTicket(): Promise<never> {
    throw new Error('not used');
  }

  async bookings(): Promise<never> {
    throw new Error('not used');
  }

  async book(): Promise<never> {
    throw new Error('not used');
  }

  async cancelBooking(): Promise<never> {
    throw new Error('not used');
  }

  async noticeContacts(): Promise<never> {
    throw new Error('not used');
  }

  async keepNoticeContact(): Promise<never> {
    throw new Error('not used');
  }

  async dropNoticeContact(): Promise<never> {
    throw new Error('not used');
  }

  private meetTrouble() {
    const trouble = this.troubles.shift();
    if (trouble) throw trouble;
  }
}

const noNetwork = () => new ApiError(null);
const status = (code: number, detail?: string) => new ApiError(code, detail ? { detail } : null);

let api: FakeApi;
let storage: Storage;
let ids: number;
let time: number;
/** What is to be done later; the tests say when later is. */
let timers: { callback: () => void; ms: number }[];

beforeEach(() => {
  api = new FakeApi();
  storage = createStorage(anArea(), anArea());
  ids = 0;
  time = Date.parse('2026-11-24T01:00:00Z');
  timers = [];
});

function open() {
  return createConversation({
    api,
    storage,
    newId: () => `id${(ids += 1)}`,
    now: () => time,
    later: (callback, ms) => {
      const timer = { callback, ms };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
  });
}

/** Lets the time pass until the next try. */
async function nextTry(conversation: { reconnect(): Promise<void> }) {
  expect(timers).toHaveLength(1);
  timers.pop()!.callback();
  await conversation.reconnect();
}

function shape(entries: readonly Entry[]): string[] {
  return entries.map((entry) => {
    if (entry.kind === 'citizen') return `citizen:${entry.text}:${entry.state}`;
    return entry.kind === 'bot' ? `bot:${entry.reply.id}` : `page:${entry.text}`;
  });
}

function citizen(entries: readonly Entry[], text: string): CitizenEntry {
  return entries.find((entry): entry is CitizenEntry => entry.kind === 'citizen' && entry.text === text)!;
}

describe('saying something', () => {
  it('shows the message at once, before the service knows of it', async () => {
    const conversation = open();
    const sent = conversation.say('公司不发工资', { text: '公司不发工资' });
    expect(shape(conversation.state().entries)).toEqual(['citizen:公司不发工资:waiting']);
    await sent;
    expect(shape(conversation.state().entries)).toEqual(['citizen:公司不发工资:done', 'bot:reply-to-id1']);
  });

  it('opens one conversation for all messages and keeps its secret', async () => {
    const conversation = open();
    void conversation.say('一', { text: '一' });
    await conversation.say('二', { text: '二' });
    expect(api.conversations).toBe(1);
    expect(storage.session()).toEqual({ id: 'c1', token: 'token-c1' });
  });

  it('puts each answer behind its own question when several are on their way', async () => {
    const conversation = open();
    void conversation.say('一', { text: '一' });
    await conversation.say('二', { text: '二' });
    expect(shape(conversation.state().entries)).toEqual([
      'citizen:一:done',
      'bot:reply-to-id1',
      'citizen:二:done',
      'bot:reply-to-id2',
    ]);
  });

  it('sends a button that is tapped twice only once', async () => {
    const conversation = open();
    void conversation.say('转人工', { action: 'human' });
    await conversation.say('转人工', { action: 'human' });
    expect(api.received).toHaveLength(1);
  });
});

describe('out of reach', () => {
  it('keeps the text and sends it by itself, with the same client_id', async () => {
    const conversation = open();
    api.troubles = [null, noNetwork()];
    await conversation.say('公司不发工资', { text: '公司不发工资' });
    expect(citizen(conversation.state().entries, '公司不发工资')).toMatchObject({ state: 'held', problem: null });
    expect(isCutOff(conversation.state())).toBe(true);

    await nextTry(conversation);
    expect(api.received.map((message) => message.clientId)).toEqual(['id1']);
    expect(shape(conversation.state().entries)).toEqual(['citizen:公司不发工资:done', 'bot:reply-to-id1']);
    expect(isCutOff(conversation.state())).toBe(false);
  });

  it('waits longer from try to try', async () => {
    const conversation = open();
    api.troubles = [noNetwork(), noNetwork(), status(502), noNetwork()];
    await conversation.say('你好', { text: '你好' });
    const waits: number[] = [];
    for (let tries = 0; tries < 3; tries += 1) {
      waits.push(timers[0]!.ms);
      await nextTry(conversation);
    }
    expect(waits).toEqual([2_000, 4_000, 8_000]);
    expect(api.received).toEqual([]);
  });

  it('keeps the order in which things were said', async () => {
    const conversation = open();
    api.troubles = [null, status(503)];
    void conversation.say('一', { text: '一' });
    await conversation.say('二', { text: '二' });
    expect(shape(conversation.state().entries)).toEqual(['citizen:一:held', 'citizen:二:held']);
    await nextTry(conversation);
    expect(shape(conversation.state().entries)).toEqual([
      'citizen:一:done',
      'bot:reply-to-id1',
      'citizen:二:done',
      'bot:reply-to-id2',
    ]);
  });

  it('sends nothing twice, however often it is tapped or tried', async () => {
    const conversation = open();
    api.troubles = [null, noNetwork()];
    await conversation.say('转人工', { action: 'human' });
    void conversation.say('转人工', { action: 'human' });
    void conversation.reconnect();
    void conversation.reconnect();
    await conversation.reconnect();
    expect(api.received.map((message) => message.clientId)).toEqual(['id1']);
  });

  it('gives the words back to whoever wants to change them', async () => {
    const conversation = open();
    api.troubles = [noNetwork()];
    await conversation.say('你好', { text: '你好' });
    expect(conversation.takeBack('id1')).toBe('你好');
    await conversation.reconnect();
    expect(api.received).toEqual([]);
    expect(storage.pending()).toEqual([]);
  });

  it('survives a reload: sent by itself, with the same client_id', async () => {
    const before = open();
    api.troubles = [null, noNetwork()];
    await before.say('公司不发工资', { text: '公司不发工资' });

    const after = open();
    await after.restore();
    await after.reconnect();
    expect(api.received.map((message) => message.clientId)).toEqual(['id1']);
    expect(shape(after.state().entries)).toEqual(['citizen:公司不发工资:done', 'bot:reply-to-id1']);
  });

  it('also when not even the conversation had been opened', async () => {
    const before = open();
    api.troubles = [noNetwork()];
    await before.say('你好', { text: '你好' });
    const after = open();
    await after.restore();
    await after.reconnect();
    expect(shape(after.state().entries)).toEqual(['citizen:你好:done', 'bot:reply-to-id1']);
  });

  it('asks before it sends what was written long ago', async () => {
    const before = open();
    api.troubles = [null, noNetwork()];
    await before.say('公司不发工资', { text: '公司不发工资' });
    time += 3 * 24 * 60 * 60_000;

    const after = open();
    await after.restore();
    expect(citizen(after.state().entries, '公司不发工资')).toMatchObject({
      state: 'failed',
      problem: texts.failure.earlier,
      retryable: true,
    });
    await after.retry('id1');
    expect(api.received.map((message) => message.clientId)).toEqual(['id1']);
  });

  it('is forgotten after a reload when the history shows that it had arrived', async () => {
    const before = open();
    api.troubles = [null, noNetwork()];
    await before.say('公司不发工资', { text: '公司不发工资' });
    api.told = aHistory([
      { from: 'citizen', client_id: 'id1', text: '公司不发工资' },
      { from: 'bot', text: '可以', reply: aReply({ id: 'answer' }) },
    ]);

    const after = open();
    await after.restore();
    expect(shape(after.state().entries)).toEqual(['citizen:公司不发工资:done', 'bot:answer']);
    expect(storage.pending()).toEqual([]);
    expect(api.received).toEqual([]);
  });

  it('is dropped with everything else when the person starts over', async () => {
    const conversation = open();
    api.troubles = [noNetwork()];
    await conversation.say('你好', { text: '你好' });
    conversation.startOver();
    expect(timers).toEqual([]);
    expect(storage.pending()).toEqual([]);
  });
});

describe("one's own data", () => {
  it('is that of this conversation, and there is none before anything was said', async () => {
    const conversation = open();
    await expect(conversation.copyData()).rejects.toMatchObject({ status: 404 });
    await conversation.say('你好', { text: '你好' });
    expect((await conversation.copyData()).remarks).toEqual(['c1']);
  });

  it('is forgotten on this device once it was erased, with the slips of its tickets', async () => {
    const conversation = open();
    storage.saveSlip({ number: 'WH20261101-000001', code: 'A' });
    storage.saveSlip({ number: 'WH20261124-000123', code: 'B' });
    await conversation.say('你好', { text: '你好' });
    await conversation.eraseData();
    expect(conversation.state().entries).toEqual([]);
    expect(storage.session()).toBeNull();
    expect(storage.slips()).toEqual([{ number: 'WH20261101-000001', code: 'A' }]);
    await conversation.say('又有事', { text: '又有事' });
    expect(api.received.map(({ session }) => session.id)).toEqual(['c1', 'c2']);
  });

  it('stays here when it could not be erased there', async () => {
    const conversation = open();
    await conversation.say('你好', { text: '你好' });
    api.troubles = [new ApiError(409, { detail: '还在办的先不删' })];
    await expect(conversation.eraseData()).rejects.toMatchObject({ status: 409 });
    expect(conversation.state().entries).toHaveLength(2);
    expect(storage.session()).not.toBeNull();
  });
});

describe('telling why it did not help', () => {
  it('is told for this conversation, and hinders nothing when it does not arrive', async () => {
    const conversation = open();
    expect(await conversation.tellReason('wrong')).toBe(false);
    await conversation.say('没解决', { action: 'unresolved' });
    expect(await conversation.tellReason('not_understood')).toBe(true);
    expect(api.reasons).toEqual([{ session: { id: 'c1', token: 'token-c1' }, reason: 'not_understood' }]);
    api.troubles = [noNetwork()];
    const before = shape(conversation.state().entries);
    expect(await conversation.tellReason('wrong')).toBe(false);
    expect(shape(conversation.state().entries)).toEqual(before);
  });
});

describe('being refused', () => {
  it('shows what the service says, and offers no pointless retry', async () => {
    const conversation = open();
    api.troubles = [null, status(422, '这句话太长了。')];
    await conversation.say('长', { text: '长' });
    expect(citizen(conversation.state().entries, '长')).toMatchObject({ problem: '这句话太长了。', retryable: false });
    expect(conversation.takeBack('id1')).toBe('长');
    expect(conversation.state().entries).toEqual([]);
  });

  it('lets the messages behind it through', async () => {
    const conversation = open();
    api.troubles = [null, status(422)];
    void conversation.say('一', { text: '一' });
    await conversation.say('二', { text: '二' });
    expect(shape(conversation.state().entries)).toEqual(['citizen:一:failed', 'citizen:二:done', 'bot:reply-to-id2']);
  });

  it('waits to be asked when it came too fast', async () => {
    const conversation = open();
    api.troubles = [null, status(429)];
    await conversation.say('一', { text: '一' });
    expect(citizen(conversation.state().entries, '一')).toMatchObject({ state: 'failed', retryable: true });
    expect(timers).toEqual([]);
  });
});

describe('coming back', () => {
  beforeEach(() => storage.saveSession({ id: 'c0', token: 'old' }));

  it('shows what was said, without the greeting', async () => {
    api.told = aHistory([
      { from: 'bot', text: '说说您的事', reply: aReply({ id: 'greeting' }) },
      { from: 'citizen', client_id: 'x', text: '离婚' },
      { from: 'bot', text: '好', reply: aReply({ id: 'answer' }) },
    ]);
    const conversation = open();
    expect(conversation.state().status).toBe('restoring');
    await conversation.restore();
    expect(conversation.state().status).toBe('ready');
    expect(shape(conversation.state().entries)).toEqual(['citizen:离婚:done', 'bot:answer']);
  });

  it('after a long pause says when it was said', async () => {
    api.told = aHistory([
      { from: 'citizen', client_id: 'x', text: '离婚', at: '2026-11-20T01:00:00Z' },
      { from: 'bot', text: '好', reply: aReply({ id: 'answer' }), at: '2026-11-20T01:00:01Z' },
    ]);
    const conversation = open();
    await conversation.restore();
    expect(shape(conversation.state().entries).pop()).toBe(`page:${texts.conversation.resumed('11 月 20 日（周五）')}`);
  });

  it.each([
    [410, texts.conversation.expired],
    [404, texts.conversation.gone],
  ])('says so when the conversation is no more (%i), and the next message opens a new one', async (code, said) => {
    api.told = status(code);
    const conversation = open();
    await conversation.restore();
    expect(shape(conversation.state().entries)).toEqual([`page:${said}`]);
    await conversation.say('再问', { text: '再问' });
    expect(api.received[0]!.session.id).toBe('c1');
  });

  it('is tried again by itself when the network failed', async () => {
    api.told = noNetwork();
    const conversation = open();
    await conversation.restore();
    expect(conversation.state().status).toBe('restore_failed');
    expect(storage.session()).not.toBeNull();
    api.told = aHistory([{ from: 'citizen', client_id: 'x', text: '离婚' }]);
    await nextTry(conversation);
    expect(conversation.state().status).toBe('ready');
  });

  it('sends a message that meets an expired conversation again in a new one, and says so', async () => {
    const conversation = open();
    await conversation.restore();
    api.troubles = [status(410)];
    await conversation.say('再问', { text: '再问' });
    expect(shape(conversation.state().entries)).toEqual([
      'citizen:再问:done',
      `page:${texts.conversation.expired}`,
      'bot:reply-to-id1',
    ]);
    expect(storage.session()?.id).toBe('c1');
  });

  it('does not send an option of the old conversation to a new one', async () => {
    const conversation = open();
    await conversation.restore();
    api.troubles = [status(410)];
    await conversation.say('洪山', { choice: { question: 'work_area', value: '洪山区' } });
    expect(api.received).toEqual([]);
    expect(citizen(conversation.state().entries, '洪山')).toMatchObject({
      state: 'failed',
      problem: texts.conversation.sayAgain,
      retryable: false,
    });
  });

  it('goes on with an empty screen after starting over, and an answer under way does not appear', async () => {
    const conversation = open();
    await conversation.restore();
    const sent = conversation.say('一', { text: '一' });
    conversation.startOver();
    await sent;
    expect(conversation.state().entries).toEqual([]);
    expect(storage.session()).toBeNull();
  });
});

describe('opening a ticket', () => {
  const consent = { version: '2026-11', text: '说明' };
  beforeEach(() => storage.saveSession({ id: 'c0', token: 'old' }));

  it('leaves out what was not filled in', async () => {
    const conversation = open();
    await conversation.openTicket('form', consent, { name: ' ', phone: '', forSomeone: null });
    expect(api.ticketRequests).toEqual([{ conversation_id: 'c0', consent: { version: '2026-11', agreed: true } }]);
    expect(shape(conversation.state().entries)).toEqual(['bot:ticket-reply']);
  });

  it('tells for whom it is, when a helper fills it in', async () => {
    const forSomeone = { relation: 'grid_worker', agreed: true } as const;
    await open().openTicket('form', consent, { name: '', phone: '', forSomeone });
    expect(api.ticketRequests[0]!.for_someone).toEqual(forSomeone);
  });

  it('keeps the slip on this device and shows it with what is told later, also after starting over', async () => {
    const first = open();
    await first.say('欠薪', { text: '老板不发工资' });
    expect(api.slips).toEqual([[]]);
    await first.openTicket('form', consent, { name: '', phone: '', forSomeone: null });
    first.startOver();
    const slip = { number: 'WH20261124-000123', code: '7K4M2P' };
    await first.say('欠薪', { text: '还是没发工资' });
    expect(api.slips[1]).toEqual([slip]);
    await first.openTicket('again', consent, { name: '', phone: '', forSomeone: null });
    expect(api.ticketRequests[1]!.known_tickets).toEqual([slip]);
    expect(storage.slips()).toEqual([slip]);
    await first.say('没解决', { action: 'unresolved' });
    expect(api.slips[2]).toEqual([]); // a tap tells nothing new
  });

  it('repeats a failed request under the same key, and a corrected one under another', async () => {
    const conversation = open();
    const refused = new ApiError(422, { detail: '请改一处。', errors: [{ field: 'phone', message: '号码不对。' }] });
    api.troubles = [noNetwork(), refused];
    const contact = { name: '', phone: '123', forSomeone: null };
    expect(await conversation.openTicket('form', consent, contact)).toMatchObject({ kind: 'failed' });
    expect(await conversation.openTicket('form', consent, contact)).toEqual({
      kind: 'invalid',
      message: '请改一处。',
      errors: [{ field: 'phone', message: '号码不对。' }],
    });
    expect(await conversation.openTicket('form', consent, { name: '', phone: '', forSomeone: null })).toEqual({ kind: 'sent' });
    const [first, second, third] = api.ticketKeys;
    expect(first).toBe(second);
    expect(third).not.toBe(first);
  });
});

describe('what the screen derives', () => {
  const bot = (reply: Reply): Entry => ({ kind: 'bot', id: reply.id, reply, fresh: false });
  const said = (text: string, send: Send | null = null): Entry => ({
    kind: 'citizen',
    id: text,
    text,
    send,
    state: 'done',
    problem: null,
    retryable: false,
    writtenAt: 0,
  });

  it('begins a turn with each thing the person says', () => {
    const entries = [bot(aReply({ id: 'a' })), said('一'), bot(aReply({ id: 'b' })), said('二')];
    expect(toTurns(entries).map((turn) => turn.entries.length)).toEqual([1, 2, 1]);
  });

  it('lets only the newest form be filled in, until its ticket is there', () => {
    const form = (id: string) => bot(aReply({ id, cards: [aForm] }));
    expect(formState([form('a')], 'a')).toBe('open');
    expect(formState([form('a'), form('b')], 'a')).toBe('superseded');
    expect(formState([form('a'), form('b')], 'b')).toBe('open');
    expect(formState([form('a'), bot(aReply({ id: 't', cards: [aTicket] }))], 'a')).toBe('sent');
  });

  it('asks why only below the present answer to 没解决', () => {
    const rejected = said('没解决', { action: 'unresolved' });
    const reply = aReply({ id: 'n', outcome: 'refer' });
    const next = bot(reply);
    expect(mayTellReason([rejected, next], reply)).toBe(true);
    expect(mayTellReason([said('公司不发工资'), next], reply)).toBe(false);
    expect(mayTellReason([rejected, next, said('在洪山')], reply)).toBe(false);
    const talk = aReply({ id: 't', outcome: 'talk' });
    expect(mayTellReason([rejected, bot(talk)], talk)).toBe(false);
  });

  it('knows the chosen option from the tap, or from its label in the history', () => {
    const question = aQuestion();
    const asked = bot(aReply({ id: 'q', cards: [question] }));
    const tapped = said('洪山', { choice: { question: 'work_area', value: '洪山区' } });
    expect(chosenOption([asked, tapped], 'q', question)).toBe('洪山区');
    expect(chosenOption([asked, said('不清楚')], 'q', question)).toBe('unknown');
    expect(chosenOption([asked, said('在光谷')], 'q', question)).toBeNull();
    expect(chosenOption([asked], 'q', question)).toBeNull();
  });
});
