import { describe, expect, it, vi } from 'vitest';
import { lastingFetch, ok, problemOf, ProblemError, readable, UNREACHABLE } from '../../src/staff/api/client';

const answer = (status: number, body: unknown = {}) => new Response(JSON.stringify(body), { status });
const post = (text: string) => new Request('http://desk.invalid/api', { method: 'POST', body: text });

function deferred() {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a call that meets an ended session', () => {
  it('waits for the sign-in and is made again with the same body', async () => {
    const signedIn = deferred();
    const bodies: string[] = [];
    const send = vi.fn(async (request: Request) => {
      bodies.push(await request.text());
      return answer(bodies.length === 1 ? 401 : 200, { saved: true });
    });
    const lasting = lastingFetch(send, { signInAgain: () => signedIn.promise, onForbidden: () => undefined });
    const call = lasting(post('写了很久的话'));
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1));
    signedIn.resolve();
    expect((await call).status).toBe(200);
    expect(bodies).toEqual(['写了很久的话', '写了很久的话']);
  });

  it('shares one dialog with all others', async () => {
    const signedIn = deferred();
    let out = true;
    const send = async () => answer(out ? 401 : 200);
    const signInAgain = vi.fn(() => signedIn.promise.then(() => void (out = false)));
    const lasting = lastingFetch(send, { signInAgain, onForbidden: () => undefined });
    const calls = [lasting(post('a')), lasting(post('b')), lasting(post('c'))];
    signedIn.resolve();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(signInAgain).toHaveBeenCalledTimes(1);
  });

  it('asks again when the session ends a second time', async () => {
    const statuses = [401, 200, 401, 200];
    const signInAgain = vi.fn(() => Promise.resolve());
    const lasting = lastingFetch(async () => answer(statuses.shift()!), { signInAgain, onForbidden: () => undefined });
    await lasting(post('a'));
    await lasting(post('b'));
    expect(signInAgain).toHaveBeenCalledTimes(2);
  });
});

it('a refused call is not made again, and the roles are read anew', async () => {
  const send = vi.fn(async () => answer(403));
  const onForbidden = vi.fn();
  const response = await lastingFetch(send, { signInAgain: () => Promise.resolve(), onForbidden })(post('a'));
  expect(response.status).toBe(403);
  expect(send).toHaveBeenCalledTimes(1);
  expect(onForbidden).toHaveBeenCalledTimes(1);
});

it('a server that is not reached is said so', async () => {
  const send = () => Promise.reject(new TypeError('Failed to fetch'));
  const events = { signInAgain: () => Promise.resolve(), onForbidden: () => undefined };
  await expect(lastingFetch(send, events)(post('a'))).rejects.toBe(UNREACHABLE);
});

it('a call that was given up is no failure of the network', async () => {
  const send = () => Promise.reject(new DOMException('gone', 'AbortError'));
  const events = { signInAgain: () => Promise.resolve(), onForbidden: () => undefined };
  await expect(lastingFetch(send, events)(post('a'))).rejects.toHaveProperty('name', 'AbortError');
});

describe('what went wrong', () => {
  it('is told in the words of the problem, with its fields', async () => {
    const problem = { title: '填写有误', detail: '送来的内容格式不对。', errors: [{ field: 'name', message: '太长了' }] };
    const call = ok(Promise.resolve({ error: problem, response: answer(422, problem) }));
    await expect(call).rejects.toMatchObject({ status: 422, title: '填写有误' });
    expect(readable(await call.catch((error: unknown) => error))).toBe('送来的内容格式不对。 name：太长了');
  });

  it('is told by its status when a proxy answered with a page', () => {
    expect(readable(problemOf(502, '<html>Bad gateway</html>'))).toBe('服务器出错了（502），请稍后再试。');
  });

  it('is never a text of the program', () => {
    expect(readable(new TypeError('x is undefined'))).toBe('出错了，请再试一次。');
  });

  it('is said once when detail and field say the same', () => {
    expect(readable(new ProblemError(409, '账号重名', '账号重名'))).toBe('账号重名');
  });
});

it('an answer without content is no failure', async () => {
  await expect(ok(Promise.resolve({ response: new Response(null, { status: 204 }) }))).resolves.toBeUndefined();
});
