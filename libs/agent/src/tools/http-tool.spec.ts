import { describe, expect, it } from 'vitest';
import { HttpTool } from '#libs/model';
import { fillAddress } from './address.js';
import { runHttpTool } from './http-tool.js';
import { testSubject } from '../testkit/turns.js';
import { jsonAnswer, recordingFetch } from '../testkit/recording-fetch.js';

const tool = HttpTool.parse({
  name: 'orders.find',
  description: 'Finds an order.',
  method: 'GET',
  url: 'https://shop.example/orders/{order}?lang=en',
  headers: { authorization: { secret: 'shop_key', prefix: 'Bearer ' }, 'x-from': 'parley' },
  input: { type: 'object', properties: { order: { type: 'string' }, detail: { type: 'boolean' } } },
  bind: { email: 'contact.attributes.email' },
});
const secretOf = async (_: unknown, name: string): Promise<string | null> =>
  name === 'shop_key' ? 's3cret' : null;
const signal = new AbortController().signal;

describe('a tool behind an address', () => {
  it('is called with its inputs, its secrets and what Parley binds', async () => {
    const { fetch, requests } = recordingFetch(() => jsonAnswer({ state: 'sent' }));
    const input = { order: 'A/1?x', detail: true, other: 'dropped', email: 'model@evil.example' };
    const outcome = await runHttpTool(tool, input, testSubject(), 'call-1', { fetch, secretOf }, signal);
    expect(outcome).toEqual({ ok: true, value: { state: 'sent' } });
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: 'https://shop.example/orders/A%2F1%3Fx?lang=en&detail=true&email=ada%40home.example',
      headers: { authorization: 'Bearer s3cret', 'x-from': 'parley', 'idempotency-key': 'call-1' },
    });
  });

  it('sends what is not in its path as JSON', async () => {
    const { fetch, requests } = recordingFetch(() => jsonAnswer(null));
    const post = { ...tool, method: 'POST' as const };
    await runHttpTool(post, { order: '7', detail: false }, testSubject(), 'c', { fetch, secretOf }, signal);
    expect(requests[0]?.body).toBe('{"detail":false,"email":"ada@home.example"}');
  });

  it.each([
    ['http-404', async () => new Response('no', { status: 404 })],
    [
      'http-302',
      async () => new Response(null, { status: 302, headers: { location: 'http://evil.example' } }),
    ],
    ['too-large', async () => jsonAnswer('x'.repeat(200_000))],
    ['bad-answer', async () => new Response('{', { headers: { 'content-type': 'application/json' } })],
    ['failed', () => Promise.reject(new TypeError('fetch failed'))],
  ])('fails with %s', async (code, answer) => {
    const { fetch } = recordingFetch(answer);
    const outcome = await runHttpTool(tool, { order: '1' }, testSubject(), 'c', { fetch, secretOf }, signal);
    expect(outcome).toEqual({ ok: false, code });
  });

  it('is not called without its secret', async () => {
    const { fetch, requests } = recordingFetch(() => jsonAnswer(1));
    const none = async () => null;
    const outcome = await runHttpTool(
      tool,
      { order: '1' },
      testSubject(),
      'c',
      { fetch, secretOf: none },
      signal,
    );
    expect(outcome).toEqual({ ok: false, code: 'no-secret' });
    expect(requests).toEqual([]);
  });

  it('ends with its time', async () => {
    const { fetch } = recordingFetch(
      ({ signal: given }) =>
        new Promise((_, reject) => given?.addEventListener('abort', () => reject(given.reason as Error))),
    );
    const quick = { ...tool, timeout_s: 0.02 };
    const outcome = await runHttpTool(quick, { order: '1' }, testSubject(), 'c', { fetch, secretOf }, signal);
    expect(outcome).toEqual({ ok: false, code: 'timeout' });
  });
});

describe('an address with places', () => {
  it.each([
    ['../admin', 'https://a.example/x/..%2Fadmin'],
    ['@evil.example', 'https://a.example/x/%40evil.example'],
    ['a#b', 'https://a.example/x/a%23b'],
  ])('keeps %s as one piece', (value, address) => {
    expect(fillAddress('https://a.example/x/{v}', { v: value })?.href).toBe(address);
  });

  it.each(['.', '..', '', null, '\ud800'])('takes no %j', (value) => {
    expect(fillAddress('https://a.example/x/{v}/y', { v: value })).toBeNull();
  });

  it('has a host of its own', () => {
    expect(fillAddress('https://{v}/x', { v: 'evil.example' })).toBeNull();
  });
});
