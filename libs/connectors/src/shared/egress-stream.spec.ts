import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startStubServer, type StubServer } from '../testkit/index.js';
import { createEgress, type Egress, type EgressOptions } from './egress.js';

let stub: StubServer;
let egresses: Egress[] = [];

function webFetch(options: EgressOptions = {}): Egress['webFetch'] {
  const made = createEgress({ allowCidrs: ['127.0.0.0/8'], ...options });
  egresses.push(made);
  return made.webFetch;
}

beforeAll(async () => {
  stub = await startStubServer();
});
afterEach(async () => {
  stub.answerWith({ kind: 'answer', status: 204 });
  stub.requests.length = 0;
  await Promise.all(egresses.map((each) => each.close()));
  egresses = [];
});
afterAll(() => stub.close());

describe('a fetch for libraries', () => {
  it('reads an answer as the web does', async () => {
    stub.answerWith({ kind: 'answer', status: 200, headers: { 'X-Kind': 'a' }, body: 'grüße' });
    const answer = await webFetch()(`${stub.url}/a`, { method: 'POST', body: '{}' });
    expect(answer.ok).toBe(true);
    expect(answer.headers.get('x-kind')).toBe('a');
    expect(await answer.text()).toBe('grüße');
    expect(stub.requests).toMatchObject([{ method: 'POST', path: '/a', body: '{}' }]);
  });

  it.each(['http://127.0.0.1', 'http://localhost', 'http://[::ffff:7f00:1]', 'http://169.254.169.254'])(
    'does not reach %s',
    async (origin) => {
      const port = new URL(stub.url).port;
      await expect(webFetch({ allowCidrs: [], allowHttp: true })(`${origin}:${port}`)).rejects.toMatchObject({
        cause: { code: 'channel/unreachable', facts: { reason: 'forbidden-address' } },
      });
      expect(stub.requests).toEqual([]);
    },
  );

  it('follows no redirect', async () => {
    stub.answerWith({ kind: 'answer', status: 302, headers: { location: `${stub.url}/elsewhere` } });
    expect((await webFetch()(stub.url)).status).toBe(302);
    expect(stub.requests).toHaveLength(1);
  });

  it('ends an answer that is too long while it is read', async () => {
    stub.answerWith({ kind: 'answer', status: 200, body: 'x'.repeat(5_000) });
    const answer = await webFetch({ streamMaxBytes: 4_999 })(stub.url);
    await expect(answer.text()).rejects.toMatchObject({ facts: { reason: 'answer-too-large' } });
  });

  it('ends an answer that never comes', async () => {
    stub.answerWith({ kind: 'hang' });
    await expect(webFetch({ streamMs: 50 })(stub.url)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it.each(['ftp://example.com', 'https://user:password@example.com'])('refuses %s', async (url) => {
    await expect(webFetch()(url)).rejects.toMatchObject({ code: 'channel/unreachable' });
  });
});
