import { describe, expect, it, vi } from 'vitest';
import { commandOf, SHORTCUTS } from '../../../src/staff/desk/keys';
import { merged, newest, shownWith } from '../../../src/staff/desk/lines';
import { fill, insert, matching, slashWord, unfilled } from '../../../src/staff/desk/phrases';
import { isLate, neighbour, titleOf, waited } from '../../../src/staff/desk/queue';
import { openStream } from '../../../src/staff/desk/stream';
import type { Item, Line, Phrase, Queue } from '../../../src/staff/desk/types';

const NOW = Date.parse('2026-11-24T09:00:00Z');

function anItem(fields: Partial<Item> = {}): Item {
  return {
    id: 'a',
    channel: 'web',
    matter: 'wage_arrears',
    matter_name: '拖欠工资',
    skill: 'labor',
    skill_name: '劳动',
    urgent: '',
    owner: 'waiting',
    agent_id: null,
    agent_name: '',
    waiting_since: '2026-11-24T08:58:30Z',
    promised_until: '2026-11-24T09:01:30Z',
    last_text: '',
    last_who: 'citizen',
    last_at: '2026-11-24T08:59:00Z',
    ...fields,
  };
}

function aLine(fields: Partial<Line> = {}): Line {
  return { id: 1, from: 'citizen', text: '', at: '', client_id: null, name: '', reply: null, ...fields };
}

function aPress(key: string, fields: Partial<KeyboardEvent> = {}) {
  return { key, code: '', altKey: false, ctrlKey: false, metaKey: false, isComposing: false, ...fields };
}

describe('the queue', () => {
  it.each([
    ['2026-11-24T08:59:48Z', '12 秒'],
    ['2026-11-24T08:56:55Z', '3 分 05 秒'],
    ['2026-11-24T07:58:00Z', '1 小时 02 分'],
    ['2026-11-24T09:00:30Z', '0 秒'],
    [null, ''],
  ])('says how long since %s', (since, said) => expect(waited(since, NOW)).toBe(said));

  it('is late once the promise has passed', () => {
    expect(isLate(anItem(), NOW)).toBe(false);
    expect(isLate(anItem({ promised_until: '2026-11-24T08:59:59Z' }), NOW)).toBe(true);
    expect(isLate(anItem({ promised_until: null }), NOW)).toBe(false);
  });

  it('names what is not clear as such', () => {
    expect(titleOf(anItem())).toBe('拖欠工资');
    expect(titleOf(anItem({ matter: 'unclear', matter_name: 'unclear' }))).toBe('还没说清是什么事');
  });

  it('goes round by the keyboard, and begins at the first', () => {
    const [mine, waiting] = [anItem({ id: 'm' }), anItem({ id: 'w' })];
    const queue: Queue = { now: '', calls: [], mine: [mine], invited: [], waiting: [waiting], agents: [] };
    expect(neighbour(queue, 'm', 1)).toBe('w');
    expect(neighbour(queue, 'w', 1)).toBe('m');
    expect(neighbour(queue, 'm', -1)).toBe('w');
    expect(neighbour(queue, 'gone', 1)).toBe('m');
    expect(neighbour({ ...queue, mine: [], waiting: [] }, 'm', 1)).toBe('');
  });
});

describe('the keyboard', () => {
  it.each([
    [aPress('F2'), 'adopt'],
    [aPress('F8'), 'reject'],
    [aPress('n', { code: 'KeyN', altKey: true }), 'next'],
    [aPress('˜', { code: 'KeyN', altKey: true }), 'next'],
    [aPress('3', { code: 'Digit3', altKey: true }), { open: 3 }],
    [aPress('?'), 'help'],
  ])('reads %o', (press, command) => expect(commandOf(press, false)).toEqual(command));

  it('leaves a question mark, an input method and the browser alone', () => {
    expect(commandOf(aPress('?'), true)).toBeNull();
    expect(commandOf(aPress('F2', { isComposing: true }), true)).toBeNull();
    expect(commandOf(aPress('n', { code: 'KeyN', altKey: true, ctrlKey: true }), false)).toBeNull();
  });

  it('documents what it does', () => {
    for (const key of ['F2', 'F4', 'F8', 'F9', 'Alt + N', 'Alt + W']) expect(SHORTCUTS.map(({ keys }) => keys)).toContain(key);
  });
});

describe('phrases', () => {
  const known = { 座席: '小王', 单位: '洪山区劳动监察', 事项: '', 工单: '', 期限: '' };
  const hello: Phrase = { key: 'jie', title: '接起', text: '您好，我是座席{座席}。', own: false };

  it('are found behind a slash at the end', () => {
    expect(slashWord('好的 /ji')).toBe('ji');
    expect(slashWord('/')).toBe('');
    expect(slashWord('1/2')).toBeNull();
    expect(slashWord('好的')).toBeNull();
  });

  it('match by key and by title', () => {
    expect(matching([hello], 'JI')).toEqual([hello]);
    expect(matching([hello], '接')).toEqual([hello]);
    expect(matching([hello], 'x')).toEqual([]);
  });

  it('are filled in, and what is unknown is left to be seen', () => {
    expect(insert('在的 /ji', hello, known)).toBe('在的 您好，我是座席小王。');
    expect(fill('最后一天是{期限}', known)).toBe('最后一天是{期限}');
    expect(unfilled('{期限}前找{单位}')).toEqual(['期限', '单位']);
    expect(unfilled('{别的}')).toEqual([]);
  });
});

describe('the thread', () => {
  it('keeps each line once, in order, whatever a reconnect tells again', () => {
    const said = aLine({ id: 1, text: '在吗' });
    const reply = aLine({ id: 1, from: 'bot', text: '在' });
    const later = aLine({ id: 4, from: 'agent', text: '您好' });
    expect(merged([later], [reply, said, later])).toEqual([said, reply, later]);
    expect(newest([said, later])).toBe(4);
  });

  it('stays the same object when nothing is new', () => {
    const lines = [aLine()];
    expect(merged(lines, [aLine()])).toBe(lines);
  });

  it('names what the citizen was shown', () => {
    const reply = { cards: [{ kind: 'ticket', number: 'WH20261124-000001' }, { kind: 'deadline' }] };
    expect(shownWith(aLine({ from: 'bot', reply: reply as unknown as NonNullable<Line['reply']> }))).toEqual([
      '工单：WH20261124-000001',
      '期限',
    ]);
  });
});

describe('the stream', () => {
  class Source {
    readyState = 1;
    onopen: (() => void) | null = null;
    onerror: (() => void) | null = null;
    private readonly takers = new Map<string, (event: { data: string }) => void>();
    addEventListener(kind: string, take: (event: { data: string }) => void) {
      this.takers.set(kind, take);
    }
    close() {
      this.readyState = 2;
    }
    tell(kind: string, data: unknown) {
      this.takers.get(kind)?.({ data: JSON.stringify(data) });
    }
  }

  function opened(knock: () => Promise<unknown>) {
    const sources: Source[] = [];
    const states: boolean[] = [];
    const told: unknown[] = [];
    const stop = openStream({
      url: '/x',
      on: { queue: (data) => told.push(data) },
      onState: (connected) => states.push(connected),
      knock,
      open: () => {
        sources.push(new Source());
        return sources[sources.length - 1] as unknown as EventSource;
      },
      retryMs: 10,
    });
    return { sources, states, told, stop };
  }

  it('hands on what comes, and lets the browser mend a short break', () => {
    const { sources, states, told } = opened(() => Promise.resolve());
    sources[0]!.onopen!();
    sources[0]!.tell('queue', { a: 1 });
    sources[0]!.readyState = 0;
    sources[0]!.onerror!();
    expect(told).toEqual([{ a: 1 }]);
    expect(states).toEqual([true, false]);
    expect(sources).toHaveLength(1);
  });

  it('knocks until it is let in after a refusal, and opens anew', async () => {
    vi.useFakeTimers();
    let refusals = 2;
    const { sources, stop } = opened(() => (refusals-- > 0 ? Promise.reject(new Error('401')) : Promise.resolve()));
    sources[0]!.readyState = 2;
    sources[0]!.onerror!();
    await vi.advanceTimersByTimeAsync(25);
    expect(sources).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(25);
    expect(sources).toHaveLength(2);
    stop();
    vi.useRealTimers();
  });

  it('opens nothing any more once it was stopped', async () => {
    vi.useFakeTimers();
    const { sources, stop } = opened(() => Promise.resolve());
    sources[0]!.readyState = 2;
    sources[0]!.onerror!();
    stop();
    await vi.advanceTimersByTimeAsync(100);
    expect(sources).toHaveLength(1);
    vi.useRealTimers();
  });
});
