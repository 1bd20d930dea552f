import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  apiOf,
  boot,
  makeWorkspace,
  type Api,
  type ApiAnswer,
  type Booted,
  type TestWorkspace,
} from '../support/boot.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let shared: { id: string; secret: string };
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const ed = generateKeyPairSync('ed25519');

beforeAll(async () => {
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  shared = (await api('POST', keysAt(), { algorithm: 'HS256' })).body;
});
afterAll(() => booted?.close());

const keysAt = (channelId = home.channelId): string => `/v1/channels/${channelId}/visitor-keys`;
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const said = ({ status, body }: ApiAnswer): string => `${status} ${body?.code ?? ''}`.trim();
const open = (identity: object | undefined, channelId = home.channelId): Promise<ApiAnswer> =>
  apiOf(booted, null)('POST', '/v1/widget/sessions', { channel_id: channelId, identity });
const secretOf = (key: { secret: string }): Uint8Array => new TextEncoder().encode(key.secret);

/** A token as a customer's server makes it. */
function jwt(claims: object, header: { kid?: string; alg?: string } = {}): SignJWT {
  const { kid = shared.id, alg = 'HS256' } = header;
  return new SignJWT({ sub: 'ada', exp: Math.floor(Date.now() / 1_000) + 600, ...claims }).setProtectedHeader(
    { alg, kid },
  );
}

describe('a visitor for whom the server vouches', () => {
  it.each([
    ['RS256', rsa],
    ['ES256', ec],
    ['EdDSA', ed],
  ] as const)('is known by a token that was signed with %s', async (algorithm, pair) => {
    const { body: key } = await api('POST', keysAt(), { algorithm, public_key: pem(pair.publicKey) });
    expect(key).toMatchObject({ algorithm, secret: null });
    const token = await jwt({ sub: `by-${algorithm}` }, { kid: key.id, alg: algorithm }).sign(
      pair.privateKey,
    );
    expect(said(await open({ token }))).toBe('201');
    expect(said(await api('DELETE', `/v1/visitor-keys/${key.id}`))).toBe('204');
    expect(said(await open({ token }))).toBe('401 access/invalid-signature');
  });

  it('goes on in the same conversation on another device, by a token or by a hash', async () => {
    const claims = { name: 'Ada Lovelace', attributes: { plan: 'gold' }, aud: home.channelId };
    const laptop = await open({ token: await jwt(claims).sign(secretOf(shared)) });
    expect(said(laptop)).toBe('201');
    const said1 = await apiOf(booted, laptop.body.client_token)('POST', '/v1/widget/messages', {
      client_id: 'a',
      text: 'hi',
    });
    expect(said1.status).toBe(202);
    const phone = await open({ token: await jwt({}).sign(secretOf(shared)) });
    const hash = createHmac('sha256', shared.secret).update('ada').digest('hex');
    const tablet = await open({ external_id: 'ada', hash });
    const anonymous = await open(undefined);
    const conversations = [laptop, phone, tablet].map(({ body }) => body.conversation_id);
    expect(new Set(conversations).size).toBe(1);
    expect(anonymous.body.conversation_id).not.toBe(conversations[0]);
    const { contact } = (await api('GET', `/v1/conversations/${conversations[0]}`)).body;
    expect((await api('GET', `/v1/contacts/${contact.id}`)).body).toMatchObject({
      name: 'Ada Lovelace',
      attributes: { plan: 'gold' },
    });
    // The same person as the one that the server itself begins sessions for.
    const byServer = await api('POST', '/v1/sessions', {
      channel_id: home.channelId,
      contact: { external_id: 'ada' },
    });
    expect(byServer.body.conversation_id).toBe(conversations[0]);
  });

  it('may come with the session of an anonymous visitor, who stays another', async () => {
    const before = await open(undefined);
    const identity = { token: await jwt({ sub: 'grace' }).sign(secretOf(shared)) };
    const after = await apiOf(booted, before.body.client_token)('POST', '/v1/widget/sessions', {
      channel_id: home.channelId,
      identity,
    });
    expect(said(after)).toBe('201');
    expect(after.body.conversation_id).not.toBe(before.body.conversation_id);
  });
});

describe('who only says so', () => {
  it('is nobody: with another key, another algorithm, no signature, no time, too much time, or for another channel', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const secret = secretOf(shared);
    const other = await makeWorkspace(booted, 'Other');
    const theirs = (await apiOf(booted, other.key)('POST', keysAt(other.channelId), { algorithm: 'HS256' }))
      .body;
    const { body: rsaKey } = await api('POST', keysAt(), {
      algorithm: 'RS256',
      public_key: pem(rsa.publicKey),
    });
    // The old confusion: the public key, which everybody has, taken for a shared secret.
    const confused = await jwt({}, { kid: rsaKey.id }).sign(new TextEncoder().encode(pem(rsa.publicKey)));
    const tokens = [
      await jwt({}).sign(secretOf(theirs)),
      await jwt({}, { kid: theirs.id }).sign(secretOf(theirs)),
      confused,
      await jwt({}, { kid: 'nobody' }).sign(secret),
      await jwt({}, { alg: 'HS512' }).sign(secret),
      new UnsecuredJWT({ sub: 'ada', exp: now + 60 }).encode(),
      await jwt({ exp: undefined }).sign(secret),
      await jwt({ sub: undefined }).sign(secret),
      await jwt({ sub: '' }).sign(secret),
      await jwt({ exp: now + 2 * 86_400 }).sign(secret),
      await jwt({ nbf: now + 600 }).sign(secret),
      await jwt({ aud: other.channelId }).sign(secret),
      `${await jwt({}).sign(secret)}x`,
      'a.b.c',
      'nonsense',
    ];
    for (const [at, token] of tokens.entries()) {
      expect(`${at} ${said(await open({ token }))}`).toBe(`${at} 401 access/invalid-signature`);
    }
    const late = await jwt({ exp: now - 120 }).sign(secret);
    expect(said(await open({ token: late }))).toBe('401 access/token-expired');
    const forged = createHmac('sha256', 'guess').update('ada').digest('hex');
    expect(said(await open({ external_id: 'ada', hash: forged }))).toBe('401 access/invalid-signature');
    const ofEve = createHmac('sha256', shared.secret).update('eve').digest('hex');
    expect(said(await open({ external_id: 'ada', hash: ofEve }))).toBe('401 access/invalid-signature');
    expect(said(await open({ external_id: 'ada' }))).toBe('422 input/invalid');
  });
});

describe('the keys of a channel', () => {
  it('are shown without their secrets, which are sealed', async () => {
    const { data } = (await api('GET', keysAt())).body;
    expect(data.map((key: { id: string }) => key.id)).toContain(shared.id);
    expect(JSON.stringify(data)).not.toContain(shared.secret);
    for (const table of ['visitor_key', 'audit', 'idempotency']) {
      const { rows } = await booted.owner.query(`select 1 from ${table} t where t::text like $1`, [
        `%${shared.secret}%`,
      ]);
      expect(rows, table).toEqual([]);
    }
  });

  it('are one for every repetition of a write, and refused when they are no public key of their algorithm', async () => {
    const once = { 'idempotency-key': 'visitor-key' };
    const made = await Promise.all([1, 2, 3].map(() => api('POST', keysAt(), { algorithm: 'HS256' }, once)));
    expect(new Set(made.map(({ body }) => `${body.id} ${body.secret}`)).size).toBe(1);
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const secret = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    for (const body of [
      { algorithm: 'RS256', public_key: pem(ec.publicKey) },
      { algorithm: 'RS256', public_key: pem(weak.publicKey) },
      { algorithm: 'RS256', public_key: secret },
      { algorithm: 'ES256', public_key: 'nonsense' },
      { algorithm: 'ES256' },
      { algorithm: 'HS256', public_key: pem(ec.publicKey) },
    ]) {
      expect(said(await api('POST', keysAt(), body))).toBe('422 input/invalid');
    }
  });
});
