import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorOf, parseSettings, type Destination, type Io } from '#libs/connectors';
import type { Content } from '#libs/model';
import { contents } from '../support/arbitraries.js';
import { Prism } from '../support/prism.js';

const SID = '0123456789abcdef0123456789abcdef';

/** A provider, as its own description has it, and who talks to it. */
interface Case {
  connector: string;
  description: string;
  settings: (url: string) => Record<string, unknown>;
  thread: string;
  kind: string;
  /** Whether the description has what `check` calls. */
  checks: boolean;
  /** A request that is not as described. */
  wrong: { path: string; body: string };
}

const cases: readonly Case[] = [
  {
    connector: 'twilio-sms',
    description: 'twilio.json',
    settings: (url) => ({
      account_sid: `AC${SID}`,
      auth_token: 'token',
      from: '+15005550006',
      mms: true,
      base_url: url,
      messaging_url: url,
    }),
    thread: '+4915112345678',
    kind: 'phone',
    checks: true,
    wrong: { path: `/2010-04-01/Accounts/AC${SID}/Messages.json`, body: 'Body=x' },
  },
  {
    connector: 'vonage-sms',
    description: 'vonage-sms.json',
    settings: (url) => ({
      api_key: 'abcd1234',
      api_secret: 'secret',
      signature_secret: 'signature',
      from: '+4930100001',
      base_url: url,
    }),
    thread: '+4915112345678',
    kind: 'phone',
    checks: false,
    wrong: { path: '/sms/json', body: 'from=x' },
  },
  {
    connector: 'whatsapp-cloud',
    description: 'whatsapp-cloud.json',
    settings: (url) => ({
      phone_number_id: '106540352242922',
      access_token: 'EAAG-a-token-of-some-length',
      app_secret: 'a-secret-of-some-length',
      verify_token: 'verify-token',
      base_url: url,
    }),
    thread: '4915112345678',
    kind: 'whatsapp',
    checks: true,
    wrong: { path: '/v23.0/106540352242922/messages', body: '{"type":"text"}' },
  },
  {
    connector: 'slack',
    description: 'slack.json',
    settings: (url) => ({
      signing_secret: '8f742231b10e8888abcd99yyyzzz85a5',
      bot_token: 'xoxb-123-456-abcdefghijklmnopqrstuvwx',
      api_url: url,
    }),
    thread: 'C0123456789:1795240799.000200',
    kind: 'slack',
    checks: true,
    wrong: { path: '/chat.postMessage', body: 'text=x' },
  },
];

describe.each(cases)('what $connector calls', ({ connector: id, description, settings: raw, ...rest }) => {
  const connector = connectorOf(id);
  let prism: Prism;
  let settings: unknown;
  beforeAll(async () => {
    prism = await Prism.start(description);
    settings = parseSettings(connector, raw(prism.url));
  }, 60_000);
  afterAll(() => prism?.stop());

  const io = (): Io<unknown> => ({
    settings,
    fetch: prism.fetch,
    signal: AbortSignal.timeout(20_000),
    now: () => Date.parse('2026-11-21T12:00:00Z'),
    hookUrl: `https://parley.example/hooks/${id}/chan_1`,
    linkTo: () => Promise.resolve('https://parley.example/media/1?signature=x'),
    readMedia: () =>
      Promise.resolve({ bytes: Buffer.from('file'), mediaType: 'text/plain', filename: 'a.txt' }),
  });
  const to: Destination = {
    thread: rest.thread,
    address: { kind: rest.kind, value: rest.thread.split(':')[0]! },
    conversationId: 'conv_01jd7z3q9ve8g8kq0w2m5n6p7r',
    lastInboundAt: Date.parse('2026-11-21T11:59:00Z'),
    lastInboundRef: null,
    lastInboundMetadata: null,
  };

  it('is as the provider describes it, whatever is said', async () => {
    const said: Content[][] = fc.sample(contents(), { numRuns: 150, seed: 7 });
    let sent = 0;
    for (const one of said) {
      for (const part of connector.outbound.plan(one, settings).parts) {
        await connector.outbound.deliver(part, to, 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r', io()).then(
          () => sent++,
          // Not every answer of a description makes sense; what was asked is what counts here.
          () => undefined,
        );
      }
    }
    expect([...prism.violations]).toEqual([]);
    expect(sent).toBeGreaterThan(100);
  }, 60_000);

  it('would be objected to otherwise', async () => {
    prism.violations.clear();
    await prism.fetch(`${prism.url}/nowhere`, { method: 'POST', signal: AbortSignal.timeout(5_000) });
    expect(prism.violations.size).toBe(1);
    prism.violations.clear();
    const { path, body } = rest.wrong;
    await prism.fetch(`${prism.url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded',
        authorization: 'Bearer x',
      },
      body,
      signal: AbortSignal.timeout(5_000),
    });
    expect(prism.violations.size).toBeGreaterThan(0);
    prism.violations.clear();
  });

  if (!rest.checks) return;
  it('to see whether all is well is as described too', async () => {
    prism.violations.clear();
    const before = prism.requests.length;
    await connector.check?.(io());
    expect(prism.requests.length).toBeGreaterThan(before);
    expect([...prism.violations]).toEqual([]);
  });
});
