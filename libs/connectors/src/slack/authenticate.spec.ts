import { verifySlackRequest } from '@slack/bolt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../settings.js';
import { authenticate, signatureOf } from './authenticate.js';
import { connector } from './connector.js';

const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const NOW = 1_795_240_800_000;
const settings = parseSettings(connector, { signing_secret: SECRET });

function request(body: string | Uint8Array, timestamp: string, signature: string) {
  return {
    method: 'POST' as const,
    url: 'https://parley.example/',
    query: {},
    headers: { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature },
    body: Buffer.from(body),
    receivedAt: NOW,
  };
}
const at = (seconds: number): string => String(NOW / 1_000 + seconds);
const signedAt = (body: string, seconds: number) =>
  authenticate(request(body, at(seconds), signatureOf(body, at(seconds), SECRET)), settings).genuine;

describe('a request of Slack', () => {
  it('is judged as Bolt judges it', () => {
    const seconds = fc.integer({ min: -600, max: 0 });
    const secret = fc.constantFrom(SECRET, 'another-secret-of-a-length');
    const version = fc.constantFrom('v0=', 'v1=', '');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), seconds, secret, version, (body, late, key, prefix) => {
        const signature = signatureOf(body, at(late), key).replace('v0=', prefix);
        const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(at(late)) };
        const bolt = (): void =>
          verifySlackRequest({ signingSecret: SECRET, body, headers, nowMilliseconds: NOW });
        const { genuine } = authenticate(request(body, at(late), signature), settings);
        if (genuine) expect(bolt).not.toThrow();
        else expect(bolt).toThrow();
      }),
    );
  });

  it('may be five minutes old, or ahead of us, and no more', () => {
    expect([-301, -300, 0, 300, 301].map((seconds) => signedAt('{}', seconds))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('is not genuine when bytes that are no text were altered to others that are none', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    const signature = signatureOf(bytes, at(0), SECRET);
    expect(authenticate(request(bytes, at(0), signature), settings).genuine).toBe(true);
    expect(authenticate(request(Buffer.from([0x7b, 0xfe, 0x7d]), at(0), signature), settings).genuine).toBe(
      false,
    );
  });

  it.each(['', ' ', 'NaN', '1795240800.0', '0x6b02', '1e9', '-1'])('needs a time: %j', (timestamp) => {
    const signed = request('{}', timestamp, signatureOf('{}', timestamp, SECRET));
    expect(authenticate(signed, settings)).toMatchObject({ genuine: false });
  });

  it('is never genuine while the channel has no signing secret', () => {
    const signed = request('{}', at(0), signatureOf('{}', at(0), ''));
    expect(authenticate(signed, parseSettings(connector, {}))).toMatchObject({ genuine: false });
  });
});
