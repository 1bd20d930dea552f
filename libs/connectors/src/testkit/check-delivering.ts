import { inspect } from 'node:util';
import { isFault, type FaultCode } from '#libs/faults';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Io, Part } from '../connector.js';
import { parseSettings, splitSecrets } from '../settings.js';
import { createEgress } from '../shared/egress.js';
import { startStubServer, type StubServer } from './stub-server.js';
import type { ProviderSubject, Subject } from './subject.js';

/** A PNG of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const KEY = 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r';

/** One call, and only the agreed ways to fail. */
export function checkDelivering<Settings>(subject: Subject<Settings>): void {
  const { connector, to, provider } = subject;
  const egress = createEgress({ allowCidrs: ['127.0.0.0/8', '::1/128'], timeoutMs: 1_000 });
  afterAll(() => egress.close());
  const io = (url: string, signal: AbortSignal = new AbortController().signal): Io<Settings> => ({
    settings: parseSettings(connector, subject.settings(url)),
    fetch: egress.fetch,
    signal,
    now: () => Date.now(),
    linkTo: (mediaUrl) => Promise.resolve(`https://parley.example/media/${encodeURIComponent(mediaUrl)}`),
    readMedia: () => Promise.resolve({ bytes: PIXEL, mimeType: 'image/png', fileName: 'pixel.png' }),
  });
  const part = (url: string): Part =>
    connector.outbound.plan([{ type: 'text', text: 'Grüße 👋' }], io(url).settings).parts.at(0)!;

  if (subject.overConnection) {
    it('says that it is not connected when it is asked to deliver without its connection', async () => {
      const url = 'http://provider.example';
      await expect(connector.outbound.deliver(part(url), to, KEY, io(url))).rejects.toMatchObject({
        code: 'channel/not-connected',
      });
    });
    return;
  }
  if (!provider) {
    it('delivers without a provider, under its key', async () => {
      const url = 'http://provider.example';
      expect(await connector.outbound.deliver(part(url), to, KEY, io(url))).toMatchObject({
        providerRef: KEY,
      });
    });
    return;
  }
  checkProvider(subject, provider, io, part);
}

function checkProvider<Settings>(
  { connector, to }: Subject<Settings>,
  provider: ProviderSubject,
  io: (url: string, signal?: AbortSignal) => Io<Settings>,
  part: (url: string) => Part,
): void {
  let stub: StubServer;
  beforeAll(async () => {
    stub = await startStubServer();
  });
  afterEach(() => void (stub.requests.length = 0));
  afterAll(() => stub.close());
  const deliver = (url = stub.url, signal?: AbortSignal): Promise<unknown> =>
    connector.outbound.deliver(part(url), to, KEY, io(url, signal));

  async function expectFault(call: Promise<unknown>, code: FaultCode): Promise<void> {
    const thrown: unknown = await call.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(isFault(thrown) ? thrown.code : thrown).toBe(code);
    if (code === 'channel/throttled') expect(thrown).toMatchObject({ retryAfterMs: expect.any(Number) });
    const shown = inspect(thrown, { depth: 10 });
    for (const secret of Object.values(splitSecrets(connector, io(stub.url).settings).secrets)) {
      expect(shown).not.toContain(String(secret));
    }
  }

  describe('deliver', () => {
    it('makes one call, to the destination, and gives back the reference', async () => {
      stub.answerWith(provider.accepts);
      expect(await deliver()).toMatchObject({ providerRef: provider.acceptedRef });
      expect(stub.requests.map(provider.destinationOf)).toEqual([to.address?.value ?? to.thread]);
    });

    it.each(provider.errors)('says $code when the provider says $what', async ({ answer, code }) => {
      stub.answerWith(answer);
      await expectFault(deliver(), code);
      expect(stub.requests).toHaveLength(1);
    });

    it.each(['hang', 'reset', 'garbage'] as const)(
      'does not know what became of it after %s',
      async (kind) => {
        stub.answerWith({ kind });
        await expectFault(deliver(), 'channel/outcome-unknown');
        expect(stub.requests).toHaveLength(1);
      },
    );

    it('knows that nothing was accepted when nobody listens', async () => {
      await expectFault(deliver(await closedUrl()), 'channel/unreachable');
    });

    it('ends when the caller gives up, and not at its own time-out', async () => {
      stub.answerWith({ kind: 'hang' });
      const abort = new AbortController();
      const arrived = stub.nextRequest();
      const call = deliver(stub.url, abort.signal);
      await Promise.race([arrived, call]);
      const began = performance.now();
      abort.abort();
      await expectFault(call, 'channel/outcome-unknown');
      expect(performance.now() - began).toBeLessThan(500);
    });
  });

  const { lookup: answers } = provider;
  if (answers)
    describe('lookup', () => {
      it('finds what the provider knows, and nothing else', async () => {
        const lookup = (): Promise<unknown> => connector.outbound.lookup!(KEY, to, io(stub.url));
        stub.answerWith(answers.known);
        expect(await lookup()).toMatchObject({ providerRef: provider.acceptedRef });
        stub.answerWith(answers.unknown);
        expect(await lookup()).toBeNull();
      });
    });

  if (connector.check)
    describe('check', () => {
      it('is healthy when the provider answers, and down with a reason when it does not', async () => {
        stub.answerWith(provider.accepts);
        expect(await connector.check!(io(stub.url))).toMatchObject({ state: 'healthy' });
        const down = await connector.check!(io(await closedUrl()));
        expect(down).toMatchObject({ state: 'down', reason: expect.stringMatching(/\S/) });
      });
    });
}

/** An address where nobody listens any more. */
async function closedUrl(): Promise<string> {
  const closed = await startStubServer();
  await closed.close();
  return closed.url;
}
