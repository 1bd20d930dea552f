import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { newWebhookSecret, signWebhook, verifyWebhook, WebhookSecret } from './standard-webhooks.js';

// The example of the specification.
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const NOW = 1_614_265_330_000;
const BODY = '{"test": 2432232314}';
const bytes = (text: string): Uint8Array => Buffer.from(text);

const signed = signWebhook({ id: ID, now: NOW, body: BODY }, [SECRET]);
const received = (
  change: object = {},
): { headers: Record<string, string>; body: Uint8Array; receivedAt: number } => ({
  headers: signed,
  body: bytes(BODY),
  receivedAt: NOW,
  ...change,
});

describe('signWebhook', () => {
  it('gives the signature of the specification', () => {
    expect(signed).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is understood by the reference package, and understands it', () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ minLength: 24, maxLength: 64 }), (body, key) => {
        const secret = `whsec_${Buffer.from(key).toString('base64')}`;
        const now = Date.now(); // the package reads the clock itself
        const theirs = new Webhook(secret);
        expect(() => theirs.verify(body, signWebhook({ id: ID, now, body }, [secret]))).not.toThrow();
        const headers = {
          'webhook-id': ID,
          'webhook-timestamp': String(Math.floor(now / 1000)),
          'webhook-signature': theirs.sign(ID, new Date(now), body),
        };
        expect(verifyWebhook({ headers, body: bytes(body), receivedAt: now }, [secret])).toEqual({
          genuine: true,
        });
      }),
    );
  });
});

describe('newWebhookSecret', () => {
  it('gives a secret that is well-formed, and another one each time', () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    for (const secret of secrets) expect(WebhookSecret.parse(secret)).toBe(secret);
    expect(new Set(secrets).size).toBe(2);
  });
});

describe('verifyWebhook', () => {
  it('takes what was signed with the current or the previous secret', () => {
    expect(verifyWebhook(received(), [SECRET])).toEqual({ genuine: true });
    expect(verifyWebhook(received(), [OTHER, SECRET])).toEqual({ genuine: true });
    expect(
      verifyWebhook(received({ headers: signWebhook({ id: ID, now: NOW, body: BODY }, [OTHER, SECRET]) }), [
        SECRET,
      ]),
    ).toEqual({
      genuine: true,
    });
  });

  it('refuses another secret', () => {
    expect(verifyWebhook(received(), [OTHER])).toMatchObject({ genuine: false });
  });

  it('refuses every change of one byte of the body', () => {
    for (let at = 0; at < BODY.length; at++) {
      const body = bytes(BODY);
      body.set([body.at(at)! ^ 1], at);
      expect(verifyWebhook(received({ body }), [SECRET])).toMatchObject({ genuine: false });
    }
  });

  it.each([299_999, -299_999])('takes a clock that is %d ms off', (off) => {
    expect(verifyWebhook(received({ receivedAt: NOW + off }), [SECRET])).toEqual({ genuine: true });
  });

  it.each([300_001, -300_001])('refuses a clock that is %d ms off', (off) => {
    expect(verifyWebhook(received({ receivedAt: NOW + off }), [SECRET])).toMatchObject({ genuine: false });
  });

  it('never throws, whatever the headers are', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('v1,', 'v1,=', 'v1a,x', '1614265330', ID),
    );
    fc.assert(
      fc.property(fc.tuple(value, value, value), fc.uint8Array(), ([id, timestamp, signature], body) => {
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': signature,
        };
        expect(verifyWebhook({ headers, body, receivedAt: NOW }, [SECRET])).toMatchObject({
          genuine: false,
        });
      }),
    );
  });

  it.each(Object.keys(signed))('refuses a request without %s', (name) => {
    const headers = Object.fromEntries(Object.entries(signed).filter(([key]) => key !== name));
    expect(verifyWebhook(received({ headers }), [SECRET])).toMatchObject({ genuine: false });
  });
});

describe('WebhookSecret', () => {
  it.each([SECRET, OTHER])('takes %s', (secret) =>
    expect(WebhookSecret.safeParse(secret).success).toBe(true),
  );
  it.each(['', 'whsec_', 'whsec_abc', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', `whsec_${'A'.repeat(100)}`])(
    'refuses "%s"',
    (secret) => expect(WebhookSecret.safeParse(secret).success).toBe(false),
  );
});
