import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/files/files';
import { FileQueue, queueOf, type SendFile } from '../../src/files/queue';

const photo = (name = '欠条.jpg', size = 10) => new File([new Uint8Array(size)], name, { type: 'image/jpeg' });
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

class Line {
  readonly sent: { name: string; key: string }[] = [];
  failures: Error[] = [];
  under = 0;
  readonly send: SendFile = async (_content, name, key, onProgress) => {
    this.under += 1;
    expect(this.under).toBe(1); // one after another
    onProgress(0.5);
    await Promise.resolve();
    this.under -= 1;
    const failure = this.failures.shift();
    this.sent.push({ name, key });
    if (failure) throw failure;
  };
}

describe('files on their way', () => {
  it('are sent one after another, each under a key of its own', async () => {
    const line = new Line();
    const queue = new FileQueue(line.send);
    queue.add([photo('a.jpg'), photo('b.jpg')]);
    queue.add([photo('c.jpg')]);
    await settled();
    expect(line.sent.map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    expect(new Set(line.sent.map(({ key }) => key)).size).toBe(3);
    expect(queue.snapshot()).toMatchObject({ waiting: [], sent: 3 });
  });

  it('stay when they fail, do not hold up the others, and are tried again under the same key', async () => {
    const line = new Line();
    line.failures = [new FileError(null, '网络断了')];
    const queue = new FileQueue(line.send);
    queue.add([photo('a.jpg'), photo('b.jpg')]);
    await settled();
    expect(queue.snapshot().waiting).toMatchObject([{ problem: '网络断了', again: true }]);
    queue.again(queue.snapshot().waiting[0]!.key);
    await settled();
    expect(line.sent.map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg', 'a.jpg']);
    expect(line.sent[2]!.key).toBe(line.sent[0]!.key);
    expect(queue.snapshot().waiting).toEqual([]);
  });

  it('that are not taken can only be taken back', async () => {
    const line = new Line();
    line.failures = [new FileError(422, '压缩包收不了')];
    const queue = new FileQueue(line.send);
    queue.add([photo()]);
    await settled();
    const [one] = queue.snapshot().waiting;
    expect(one).toMatchObject({ problem: '压缩包收不了', again: false });
    queue.takeBack(one!.key);
    expect(queue.snapshot().waiting).toEqual([]);
  });

  it('that are too large are not sent at all', async () => {
    const line = new Line();
    const queue = new FileQueue(line.send);
    queue.limits = { most_mb: 1, more: 10, accept: '', text: '' };
    queue.add([new File([new Uint8Array(2 * 1024 * 1024)], '录音.m4a', { type: 'audio/mp4' })]);
    await settled();
    expect(line.sent).toEqual([]);
    expect(queue.snapshot().waiting[0]!.problem).toContain('1 MB');
  });

  it('belong to the ticket and not to the part of the page that shows them', () => {
    const line = new Line();
    expect(queueOf('WH1', line.send)).toBe(queueOf('WH1', line.send));
    expect(queueOf('WH2', line.send)).not.toBe(queueOf('WH1', line.send));
  });
});
