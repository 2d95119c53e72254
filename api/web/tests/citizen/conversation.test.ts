import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError, type Api, type History, type Reply, type Send, type Session, type TicketRequest } from '../../src/citizen/api';
import { chosenOption, createConversation, formState, toTurns, type CitizenEntry, type Entry } from '../../src/citizen/conversation';
import { createStorage, type Storage } from '../../src/citizen/storage';
import { texts } from '../../src/citizen/texts';
import { aForm, aHistory, aQuestion, aReply, aTicket } from './builders';

/** The service as this page sees it; each message is answered once, however often it comes. */
class FakeApi implements Api {
  conversations = 0;
  received: { session: Session; clientId: string; send: Send }[] = [];
  ticketKeys: string[] = [];
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

  async sendMessage(session: Session, clientId: string, send: Send) {
    this.meetTrouble();
    this.received.push({ session, clientId, send });
    return { client_id: clientId, reply: aReply({ id: `reply-to-${clientId}` }) };
  }

  async history() {
    if (this.told instanceof Error) throw this.told;
    return this.told;
  }

  async openTicket(_session: Session, idempotencyKey: string, request: TicketRequest) {
    this.ticketKeys.push(idempotencyKey);
    this.meetTrouble();
    this.ticketRequests.push(request);
    const reply = aReply({ id: 'ticket-reply', outcome: 'ticket', cards: [aTicket] });
    return { number: 'WH20261124-000123', query_code: '7K4M2P', reply };
  }

  async ticketStatus(): Promise<never> {
    throw new Error('not used');
  }

  private meetTrouble() {
    const trouble = this.troubles.shift();
    if (trouble) throw trouble;
  }
}

class FakeArea {
  private items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
}

const noNetwork = () => new ApiError(null);
const status = (code: number, detail?: string) => new ApiError(code, detail ? { detail } : null);

let api: FakeApi;
let storage: Storage;
let ids: number;

beforeEach(() => {
  api = new FakeApi();
  storage = createStorage(new FakeArea(), new FakeArea());
  ids = 0;
});

function open() {
  return createConversation({ api, storage, newId: () => `id${(ids += 1)}` });
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

describe('failing', () => {
  it('keeps the text and tries again with the same client_id', async () => {
    const conversation = open();
    api.troubles = [null, noNetwork()];
    await conversation.say('公司不发工资', { text: '公司不发工资' });
    const failed = citizen(conversation.state().entries, '公司不发工资');
    expect(failed).toMatchObject({ state: 'failed', problem: texts.failure.network, retryable: true });

    await conversation.retry(failed.id);
    expect(api.received.map((message) => message.clientId)).toEqual([failed.id]);
    expect(shape(conversation.state().entries)).toEqual(['citizen:公司不发工资:done', `bot:reply-to-${failed.id}`]);
  });

  it('also when the conversation could not be opened', async () => {
    const conversation = open();
    api.troubles = [noNetwork()];
    await conversation.say('你好', { text: '你好' });
    await conversation.retry('id1');
    expect(shape(conversation.state().entries)).toEqual(['citizen:你好:done', 'bot:reply-to-id1']);
  });

  it('shows what the service says of a refused message, and offers no pointless retry', async () => {
    const conversation = open();
    api.troubles = [null, status(422, '这句话太长了。')];
    await conversation.say('长', { text: '长' });
    expect(citizen(conversation.state().entries, '长')).toMatchObject({ problem: '这句话太长了。', retryable: false });
    expect(conversation.takeBack('id1')).toBe('长');
    expect(conversation.state().entries).toEqual([]);
  });

  it('lets the messages behind it through', async () => {
    const conversation = open();
    api.troubles = [null, status(503)];
    void conversation.say('一', { text: '一' });
    await conversation.say('二', { text: '二' });
    expect(shape(conversation.state().entries)).toEqual(['citizen:一:failed', 'citizen:二:done', 'bot:reply-to-id2']);
  });

  it('survives a reload, with the same client_id', async () => {
    const before = open();
    api.troubles = [null, noNetwork()];
    await before.say('公司不发工资', { text: '公司不发工资' });

    const after = open();
    await after.restore();
    expect(shape(after.state().entries)).toEqual(['citizen:公司不发工资:failed']);
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
  });

  it('can be tried again after a reload when it arrived but was not answered', async () => {
    const before = open();
    api.troubles = [null, noNetwork()];
    await before.say('公司不发工资', { text: '公司不发工资' });
    api.told = aHistory([{ from: 'citizen', client_id: 'id1', text: '公司不发工资' }]);

    const after = open();
    await after.restore();
    expect(shape(after.state().entries)).toEqual(['citizen:公司不发工资:failed']);
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

  it('can be tried again when the network failed', async () => {
    api.told = noNetwork();
    const conversation = open();
    await conversation.restore();
    expect(conversation.state().status).toBe('restore_failed');
    expect(storage.session()).not.toBeNull();
    api.told = aHistory([{ from: 'citizen', client_id: 'x', text: '离婚' }]);
    await conversation.restore();
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
    await conversation.openTicket('form', consent, { name: ' ', phone: '' });
    expect(api.ticketRequests).toEqual([{ conversation_id: 'c0', consent: { version: '2026-11', agreed: true } }]);
    expect(shape(conversation.state().entries)).toEqual(['bot:ticket-reply']);
  });

  it('repeats a failed request under the same key, and a corrected one under another', async () => {
    const conversation = open();
    const refused = new ApiError(422, { detail: '请改一处。', errors: [{ field: 'phone', message: '号码不对。' }] });
    api.troubles = [noNetwork(), refused];
    const contact = { name: '', phone: '123' };
    expect(await conversation.openTicket('form', consent, contact)).toMatchObject({ kind: 'failed' });
    expect(await conversation.openTicket('form', consent, contact)).toEqual({
      kind: 'invalid',
      message: '请改一处。',
      errors: [{ field: 'phone', message: '号码不对。' }],
    });
    expect(await conversation.openTicket('form', consent, { name: '', phone: '' })).toEqual({ kind: 'sent' });
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
