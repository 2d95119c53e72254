import { describe, expect, it } from 'vitest';
import { ApiError, createApi } from '../../src/citizen/api';

function answering(status: number, body: string, type = 'application/json') {
  const requests: { path: string; init: RequestInit }[] = [];
  const api = createApi({
    channel: 'kiosk',
    send: async (path, init) => {
      requests.push({ path, init });
      return new Response(body, { status, headers: { 'content-type': type } });
    },
  });
  return { api, requests };
}

/** Asks for the proofs of these challenges, one after the other, then answers. */
function asking(challenges: string[], prove = (challenge: string) => Promise.resolve(`${challenge}.worked`)) {
  const requests: { init: RequestInit }[] = [];
  const api = createApi({
    prove,
    send: async (_path, init) => {
      const challenge = challenges[requests.push({ init }) - 1];
      const [status, body] = challenge ? [428, { detail: '太多', challenge }] : [200, { ok: true }];
      return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } });
    },
  });
  return { api, requests };
}

describe('the client', () => {
  it('sends the secret of the conversation as a bearer token', async () => {
    const { api, requests } = answering(200, '{}');
    await api.sendMessage({ id: 'c/1', token: 'secret' }, 'uuid', { action: 'human' });
    expect(requests[0]!.path).toBe('/api/v1/conversations/c%2F1/messages');
    expect(requests[0]!.init.headers).toMatchObject({ Authorization: 'Bearer secret' });
    expect(JSON.parse(String(requests[0]!.init.body))).toEqual({ client_id: 'uuid', action: 'human' });
  });

  it('says where people write from', async () => {
    const { api, requests } = answering(201, '{}');
    await api.startConversation();
    expect(JSON.parse(String(requests[0]!.init.body))).toEqual({ channel: 'kiosk' });
  });

  it('sends the query code in a header, never in the address', async () => {
    const { api, requests } = answering(200, '{}');
    await api.ticketStatus('WH20261124-000123', '7K4M2P');
    expect(requests[0]!.path).toBe('/api/v1/tickets/WH20261124-000123');
    expect(requests[0]!.init.headers).toMatchObject({ 'X-Query-Code': '7K4M2P' });
  });

  it('hands on problem details', async () => {
    const { api } = answering(410, '{"detail":"对话已过期。"}', 'application/problem+json');
    await expect(api.history({ id: 'c', token: 't' })).rejects.toMatchObject({
      status: 410,
      problem: { detail: '对话已过期。' },
    });
  });

  it('does the work the service asks for under attack, and sends the same again', async () => {
    const { requests, api } = asking(['1.n.4.sig']);
    await expect(api.sendMessage({ id: 'c', token: 't' }, 'uuid', { text: '你好' })).resolves.toEqual({ ok: true });
    expect(requests.map(({ init }) => init.body)).toEqual([requests[0]!.init.body, requests[0]!.init.body]);
    expect(requests[0]!.init.headers).not.toHaveProperty('X-Proof');
    expect(requests[1]!.init.headers).toMatchObject({ 'X-Proof': '1.n.4.sig.worked', Authorization: 'Bearer t' });
  });

  it('gives up when proofs do not help, and tells what the service said', async () => {
    const { requests, api } = asking(['a', 'b', 'c', 'd', 'e']);
    await expect(api.startConversation()).rejects.toMatchObject({ status: 428, problem: { detail: '太多' } });
    expect(requests).toHaveLength(3);
  });

  it('tells what the service said where the work cannot be done', async () => {
    const { api } = asking(['a'], () => Promise.reject(new Error('no worker')));
    await expect(api.startConversation()).rejects.toMatchObject({ status: 428 });
  });

  it('takes an error page of something in between as an error without details', async () => {
    const { api } = answering(502, '<html>', 'text/html');
    await expect(api.meta()).rejects.toMatchObject({ status: 502, problem: null });
  });

  it('tells a silent server from a missing network', async () => {
    const silent = createApi({
      send: (_path, init) => new Promise((_, reject) => init.signal!.addEventListener('abort', () => reject(new Error()))),
      timeoutMs: 5,
    });
    await expect(silent.meta()).rejects.toMatchObject({ status: null, timedOut: true });
    const unreachable = createApi({ send: () => Promise.reject(new TypeError('Failed to fetch')) });
    const error = await unreachable.meta().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: null, timedOut: false });
  });
});
