import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startStubServer, type StubServer } from '../testkit/index.js';
import { addressRules } from './egress-addresses.js';
import { createEgress, type Egress, type EgressOptions } from './egress.js';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
let stub: StubServer;
let egresses: Egress[] = [];

function egress(options: EgressOptions = {}): Egress {
  const made = createEgress({ timeoutMs: 2_000, ...options });
  egresses.push(made);
  return made;
}
const port = (): string => new URL(stub.url).port;

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

describe('what is called', () => {
  it('posts the exact bytes and gives back status, headers in lower case and body', async () => {
    stub.answerWith({ kind: 'answer', status: 201, headers: { 'X-Kind': 'a' }, body: 'grüße' });
    const answer = await egress({ allowCidrs: LOOPBACK }).fetch(`${stub.url}/a?b=1`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: 'hällo',
    });
    expect(answer).toMatchObject({ status: 201, headers: { 'x-kind': 'a' } });
    expect(answer.text()).toBe('grüße');
    expect(stub.requests).toMatchObject([{ method: 'POST', path: '/a?b=1', body: 'hällo' }]);
  });

  it('follows no redirect', async () => {
    stub.answerWith({ kind: 'answer', status: 302, headers: { location: `${stub.url}/elsewhere` } });
    expect((await egress({ allowCidrs: LOOPBACK }).fetch(stub.url)).status).toBe(302);
    expect(stub.requests).toHaveLength(1);
  });

  it('keeps a connection for the next call', async () => {
    const { fetch } = egress({ allowCidrs: LOOPBACK, connectionsPerOrigin: 1 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(stub.url)));
    expect(answers.every(({ status }) => status === 204)).toBe(true);
  });
});

describe('addresses that are not called', () => {
  // Spellings of loopback that got through other clients, and special networks.
  it.each([
    'http://127.0.0.1',
    'http://0.0.0.0',
    'http://2130706433',
    'http://0177.0.0.1',
    'http://127.1',
    'http://[::1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:7f00:1]',
    'http://[::]',
    'http://localhost',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://[fd00:ec2::254]',
    'http://100.64.0.1',
    'http://[64:ff9b::7f00:1]',
    'http://[2002:7f00:1::]',
  ])('refuses %s', async (origin) => {
    await expect(egress({ allowHttp: true }).fetch(`${origin}:${port()}`)).rejects.toMatchObject({
      code: 'channel/unreachable',
      facts: { reason: 'forbidden-address' },
    });
    expect(stub.requests).toEqual([]);
  });

  it('refuses a name of whose addresses one is private', async () => {
    const resolve = (): Promise<{ address: string; family: 4 }[]> =>
      Promise.resolve([
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
    await expect(
      egress({ allowHttp: true, resolve }).fetch('http://two-faced.example'),
    ).rejects.toMatchObject({
      code: 'channel/unreachable',
    });
  });

  it('asks a name once for each connection, so that a second answer cannot differ', async () => {
    let asked = 0;
    const resolve = (): Promise<{ address: string; family: 4 }[]> => {
      asked += 1;
      return Promise.resolve([{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
    };
    const { fetch } = egress({ allowCidrs: LOOPBACK, resolve });
    expect((await fetch(`http://flips.example:${port()}`)).status).toBe(204);
    expect(asked).toBe(1);
  });

  it('tells public, listed and other addresses apart', () => {
    const rules = addressRules(['10.0.0.0/8', '::1']);
    expect(rules.isListed('10.1.2.3')).toBe(true);
    expect(rules.isListed('::ffff:10.1.2.3')).toBe(true);
    expect(rules.isListed('11.1.2.3')).toBe(false);
    expect(rules.isAllowed('::1')).toBe(true);
    expect(rules.isAllowed('93.184.216.34')).toBe(true);
    expect(rules.isAllowed('not an address')).toBe(false);
    expect(rules.isAllowed('fe80::1%eth0')).toBe(false);
  });

  it('calls a public address by https only', async () => {
    const resolve = (): Promise<{ address: string; family: 4 }[]> =>
      Promise.resolve([{ address: '93.184.216.34', family: 4 }]);
    for (const url of ['http://93.184.216.34', 'http://public.example']) {
      await expect(egress({ resolve }).fetch(url)).rejects.toMatchObject({
        code: 'channel/unreachable',
        facts: { reason: 'plain-http' },
      });
    }
  });

  it('calls plain http where the peer is on the allow-list', async () => {
    expect((await egress({ allowCidrs: ['127.0.0.1'] }).fetch(stub.url)).status).toBe(204);
  });

  it.each(['ftp://example.com', 'nonsense', 'https://user:password@example.com'])(
    'refuses %s',
    async (url) => {
      await expect(egress().fetch(url)).rejects.toMatchObject({ code: 'channel/unreachable' });
    },
  );

  it('sends no header that would begin another', async () => {
    const { fetch } = egress({ allowCidrs: LOOPBACK });
    for (const headers of [{ a: 'b\r\nc: d' }, { a: 'b\nc' }, { 'a\r\nb': 'c' }, { a: '\0' }] as Record<
      string,
      string
    >[]) {
      await expect(fetch(stub.url, { headers })).rejects.toMatchObject({ code: 'channel/unreachable' });
    }
    expect(stub.requests).toEqual([]);
  });
});

describe('what a failure lets one conclude', () => {
  const opened: Server[] = [];
  afterAll(() => opened.forEach((server) => server.close()));

  /** A listener that is no web server. */
  function listener(onConnect: (socket: Socket) => void): Promise<string> {
    const server = createServer(onConnect);
    opened.push(server);
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
    });
  }

  it('nothing was accepted when nobody listens', async () => {
    const host = await listener(() => undefined);
    await new Promise((resolve) => opened.pop()!.close(resolve));
    await expect(egress({ allowCidrs: LOOPBACK }).fetch(`http://${host}`)).rejects.toMatchObject({
      code: 'channel/unreachable',
      facts: { reason: 'ECONNREFUSED' },
    });
  });

  it('nothing was accepted when the name is unknown', async () => {
    const resolve = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    await expect(egress({ resolve }).fetch('https://nowhere.example')).rejects.toMatchObject({
      code: 'channel/unreachable',
    });
  });

  it('nothing was accepted when TLS fails', async () => {
    const host = await listener((socket) => socket.end('not TLS at all'));
    await expect(egress({ allowCidrs: LOOPBACK }).fetch(`https://${host}`)).rejects.toMatchObject({
      code: 'channel/unreachable',
    });
  });

  it('nothing was accepted when TLS is cut or never answered', async () => {
    const cut = await listener((socket) => socket.resetAndDestroy());
    const mute = await listener((socket) => socket.on('error', () => undefined));
    const { fetch } = egress({ allowCidrs: LOOPBACK, connectTimeoutMs: 200 });
    for (const host of [cut, mute]) {
      await expect(fetch(`https://${host}`)).rejects.toMatchObject({ code: 'channel/unreachable' });
    }
  });

  it.each(['hang', 'reset', 'garbage'] as const)('nobody knows when the answer is %s', async (kind) => {
    stub.answerWith({ kind });
    const { fetch } = egress({ allowCidrs: LOOPBACK, timeoutMs: 1_000 });
    await expect(fetch(stub.url, { method: 'POST', body: 'x' })).rejects.toMatchObject({
      code: 'channel/outcome-unknown',
    });
  });

  it('nobody knows when the answer is too large', async () => {
    stub.answerWith({ kind: 'answer', status: 200, body: 'x'.repeat(5_000) });
    await expect(egress({ allowCidrs: LOOPBACK }).fetch(stub.url, { maxBytes: 4_999 })).rejects.toMatchObject(
      {
        code: 'channel/outcome-unknown',
        facts: { reason: 'answer-too-large' },
      },
    );
  });

  it('gives up at once when the caller does, and says whether the request had left', async () => {
    stub.answerWith({ kind: 'hang' });
    const { fetch } = egress({ allowCidrs: LOOPBACK });
    await expect(fetch(stub.url, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'channel/unreachable',
    });
    const abort = new AbortController();
    const left = stub.nextRequest();
    const call = fetch(stub.url, { signal: abort.signal });
    await left;
    abort.abort();
    await expect(call).rejects.toMatchObject({
      code: 'channel/outcome-unknown',
      facts: { reason: 'aborted' },
    });
  });

  it('never sends a request whose caller gave up while the name was looked up', async () => {
    let answer: (found: { address: string; family: 4 }[]) => void = () => undefined;
    const abort = new AbortController();
    const resolve = (): Promise<{ address: string; family: 4 }[]> =>
      new Promise((done) => {
        answer = done;
        abort.abort();
      });
    const slow = egress({ allowCidrs: LOOPBACK, resolve });
    await expect(slow.fetch(`http://slow.example:${port()}`, { signal: abort.signal })).rejects.toMatchObject(
      {
        code: 'channel/unreachable',
      },
    );
    answer([{ address: '127.0.0.1', family: 4 }]);
    await slow.close();
    egresses = [];
    expect(stub.requests).toEqual([]);
  });
});

describe('a request that may not leave any more', () => {
  it('does not, although its connection was made', async () => {
    let asked = 0;
    const client = egress({ allowCidrs: LOOPBACK });
    await client.fetch(stub.url);
    stub.requests.length = 0;
    const late = client.fetch(stub.url, {
      mayLeave: () => {
        asked++;
        return false;
      },
    });
    await expect(late).rejects.toMatchObject({ code: 'channel/unreachable', facts: { reason: 'late' } });
    expect(asked).toBe(1);
    expect(stub.requests).toEqual([]);
    expect((await client.fetch(stub.url, { mayLeave: () => true })).status).toBe(204);
  });
});

describe('addresses for other protocols', () => {
  it('are public ones, or listed ones', async () => {
    const resolve = (host: string) =>
      Promise.resolve([
        { address: host === 'inside.example' ? '10.0.0.1' : '93.184.216.34', family: 4 as const },
      ]);
    const { fetch } = egress({ resolve });
    expect(await fetch.addressOf!('mail.example')).toBe('93.184.216.34');
    await expect(fetch.addressOf!('inside.example')).rejects.toMatchObject({ code: 'channel/unreachable' });
    await expect(fetch.addressOf!('127.0.0.1')).rejects.toMatchObject({ code: 'channel/unreachable' });
    expect(await egress({ allowCidrs: LOOPBACK }).fetch.addressOf!('127.0.0.1')).toBe('127.0.0.1');
  });
});
