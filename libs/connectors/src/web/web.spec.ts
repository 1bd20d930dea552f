import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../settings.js';
import { toPlain } from '../shared/plain.js';
import { conformance } from '../testkit/index.js';
import { check } from './check.js';
import { connector } from './connector.js';
import type { WebSettings } from './manifest.js';
import { allowsOrigin, look, mint, verify } from './visitors.js';

const secret = 'a secret that is long enough to be taken';
const settings = (more: Partial<WebSettings> = {}): WebSettings =>
  parseSettings(connector, { visitor_secret: secret, ...more });
const visitor = { sessionId: 'sess_1', conversationId: 'conv_1', contactId: 'cont_1', thread: 'sess_1' };
const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;

conformance({
  connector,
  folder: import.meta.dirname,
  settings: () => ({ visitor_secret: secret }),
  to: {
    thread: 'sess_1',
    address: { kind: 'visitor', value: 'sess_1' },
    conversationId: 'conv_1',
    lastInboundAt: null,
    lastInboundRef: null,
  },
  plan: {
    limits: {},
    readBack: (part) => part.body['content'] as never,
    readText: (part) => toPlain(part.body['content'] as never).texts.join('\n'),
  },
});

describe('visitor tokens', () => {
  it('say who the visitor is until they expire', async () => {
    const token = await mint(visitor, NOW + HOUR, settings());
    expect(await verify(token, NOW, settings())).toEqual(visitor);
    expect(await verify(token, NOW + HOUR - 1_000, settings())).toEqual(visitor);
    await expect(verify(token, NOW + HOUR, settings())).rejects.toMatchObject({
      code: 'access/token-expired',
    });
  });

  it('are JWTs for our audience with the agreed claims', async () => {
    const token = await mint(visitor, NOW + HOUR, settings());
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      currentDate: new Date(NOW),
    });
    expect(payload).toEqual({
      aud: 'parley-visitor',
      sid: 'sess_1',
      conv: 'conv_1',
      cont: 'cont_1',
      thr: 'sess_1',
      exp: (NOW + HOUR) / 1000,
    });
  });

  it('of another channel, altered, unsigned or of another shape are refused', async () => {
    const token = await mint(visitor, NOW + HOUR, settings());
    const key = new TextEncoder().encode(secret);
    const jwt = (claims: Record<string, unknown>): SignJWT =>
      new SignJWT(claims).setProtectedHeader({ alg: 'HS256' });
    const claims = { sid: 's', conv: 'c', cont: 'c', thr: 't' };
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`;
    const refused = [
      await mint(visitor, NOW + HOUR, settings({ visitor_secret: `${secret}!` })),
      `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`,
      unsigned,
      await jwt(claims).setAudience('someone-else').setExpirationTime('1h').sign(key),
      await jwt(claims).setAudience('parley-visitor').sign(key),
      await jwt({ sid: 's' })
        .setAudience('parley-visitor')
        .setExpirationTime(NOW / 1000 + 60)
        .sign(key),
      '',
      'nonsense',
    ];
    for (const each of refused) {
      await expect(verify(each, NOW, settings()), each).rejects.toMatchObject({
        code: 'access/invalid-api-key',
      });
    }
  });
});

describe('the look', () => {
  it('tells title, greeting and colour, and nothing secret', () => {
    expect(look(settings({ title: 'Lamps', greeting: 'Hi', accent_color: '#112233' }))).toEqual({
      title: 'Lamps',
      greeting: 'Hi',
      preChat: null,
      transcript: false,
      accentColor: '#112233',
    });
  });
});

describe('origins', () => {
  it('are all allowed by *', () => expect(allowsOrigin('https://any.example', settings())).toBe(true));

  it('are compared whole: scheme, host and port', () => {
    const allowed = settings({ allowed_origins: ['https://shop.example'] });
    expect(allowsOrigin('https://Shop.example', allowed)).toBe(true);
    for (const origin of [
      'http://shop.example',
      'https://shop.example:8443',
      'https://shop.example.evil.example',
      'null',
      '',
    ]) {
      expect(allowsOrigin(origin, allowed), origin).toBe(false);
    }
  });

  it.each(['shop.example', 'https://shop.example/', 'https://Shop.example', 'ftp://shop.example', ''])(
    'are refused as a setting when they are none: "%s"',
    (origin) => {
      expect(() => settings({ allowed_origins: [origin] })).toThrow(
        expect.objectContaining({
          errors: [expect.objectContaining({ pointer: '/settings/allowed_origins/0' })],
        }),
      );
    },
  );

  it('are named by the check, which warns of * beside others', () => {
    expect(check(settings())).toMatchObject({ state: 'healthy' });
    expect(check(settings({ allowed_origins: ['https://a.example'] })).reason).toContain('https://a.example');
    expect(check(settings({ allowed_origins: ['*', 'https://a.example'] }))).toMatchObject({
      state: 'degraded',
      fields: { allowed_origins: expect.any(String) },
    });
  });
});
