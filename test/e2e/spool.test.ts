import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseGatewayConfig } from '#libs/config';
import { uuidOf } from '#libs/model';
import { Logger, Metrics } from '#libs/observe';
import { createGateway } from '../../apps/gateway/src/app.js';
import { apiOf, boot, type Booted, makeWorkspace } from '../support/boot.js';
import { Severable } from '../support/severable.js';
import { until } from '../support/until.js';

const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
const inbound = secret();
const folder = mkdtempSync(path.join(tmpdir(), 'spool-'));
const logger = Logger.create({ app: 'gateway', level: 'fatal' });

let booted: Booted;
let way: Severable;
let urls: string[];
let closeOther: () => Promise<void>;
/** Of a provider that does not send again for long, of one that does, and of a channel nobody has called. */
let hooks: Record<'hasty' | 'patient' | 'unused', { id: string; path: string }>;

beforeAll(async () => {
  booted = await boot({ hasWorker: false, env: { PARLEY_DATA_DIR: path.join(folder, 'elsewhere') } });
  const home = await makeWorkspace(booted);
  const api = apiOf(booted, home.key);
  const register = async (sendsAgain: boolean): Promise<{ id: string; path: string }> => {
    const urls = { url: 'http://127.0.0.1:1/', sends_again: sendsAgain };
    const settings = { ...urls, inbound_secret: inbound, outbound_secret: secret() };
    const { body } = await api('POST', '/v1/channels', { connector: 'webhook', name: 'Ours', settings });
    return { id: body.id, path: new URL(body.webhook_url).pathname };
  };
  hooks = { hasty: await register(false), patient: await register(true), unused: await register(false) };
  way = new Severable(booted.databaseUrl);
  const env = { ...booted.env, DATABASE_URL: await way.start(), PARLEY_DATA_DIR: folder };
  // Two gateways of one machine, both on the way that can be cut.
  const gateways = await Promise.all(
    [1, 2].map(async () => {
      const gateway = await createGateway(parseGatewayConfig(env), {
        logger,
        metrics: new Metrics('gateway'),
      });
      await gateway.listen(0, '127.0.0.1');
      return gateway;
    }),
  );
  urls = await Promise.all(gateways.map((gateway) => gateway.getUrl()));
  closeOther = async () => void (await Promise.all(gateways.map((gateway) => gateway.close())));
});
afterEach(() => way.mend());
afterAll(async () => {
  await closeOther?.();
  way?.stop();
  await booted?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Posts a message as the provider does, to one gateway or the other. */
async function post(
  id: string,
  options: { to?: keyof typeof hooks; at?: number; body?: string; key?: string } = {},
): Promise<number> {
  const { to = 'hasty', at = 0, body = said(id), key = inbound } = options;
  const now = new Date();
  const messageId = randomUUID();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(key).sign(messageId, now, body),
  };
  return (await fetch(`${urls[at]}${hooks[to].path}`, { method: 'POST', headers, body })).status;
}

const said = (id: string): string =>
  JSON.stringify({ type: 'message', id, from: { kind: 'external', value: 'c-7' }, text: `canary ${id}` });

const stored = async (
  to: keyof typeof hooks,
): Promise<{ event_key: string; status: string; seq: number }[]> =>
  (
    await booted.owner.query(
      'select event_key, status, seq from inbox_event where channel_id = $1 order by seq nulls last, received_at',
      [uuidOf(hooks[to].id)],
    )
  ).rows;

const spooled = (): string[] => {
  const spool = path.join(folder, 'spool');
  return existsSync(spool) ? readdirSync(spool) : [];
};

describe('while the database is away', () => {
  it('what those post who do not send again is kept, and comes before whatever is posted later', async () => {
    expect(await post('m-1')).toBe(200);
    way.cut();
    const sent = Array.from({ length: 24 }, (_, at) => `m-${at + 2}`);
    for (const [at, id] of sent.entries()) expect(await post(id, { at: at % 2 })).toBe(200);
    expect(await stored('hasty')).toHaveLength(1);
    expect(spooled()).not.toEqual([]);
    way.mend();
    const later = ['m-26', 'm-27', 'm-28'];
    for (const [at, id] of later.entries()) expect(await post(id, { at: at % 2 })).toBe(200);
    await until(
      'everything is in the database, and nothing on disk',
      async () => (await stored('hasty')).length === 28 && spooled().length === 0,
    );
    expect((await stored('hasty')).map(({ event_key, seq }) => [event_key, seq])).toEqual(
      ['m-1', ...sent, ...later].map((id, at) => [id, at + 1]),
    );
  });

  it('those who send again for hours are told to', async () => {
    expect(await post('p-1', { to: 'patient' })).toBe(200);
    way.cut();
    expect(await post('p-2', { to: 'patient' })).toBe(503);
    way.mend();
    await until('the post is taken', async () => (await post('p-2', { to: 'patient' })) === 200);
    expect((await stored('patient')).map(({ event_key }) => event_key)).toEqual(['p-1', 'p-2']);
  });

  it('a channel that nobody has called yet is known too', async () => {
    way.cut();
    expect(await post('u-1', { to: 'unused' })).toBe(200);
    way.mend();
    await until('the message is in the database', async () => (await stored('unused')).length === 1);
  });

  it('nobody can post who could not before', async () => {
    way.cut();
    expect(await post('forged', { key: secret() })).toBe(401);
    expect(spooled()).toEqual([]);
  });

  it('what comes again is known again', async () => {
    expect(await post('again-1')).toBe(200);
    way.cut();
    expect([await post('again-1'), await post('again-2'), await post('again-2', { at: 1 })]).toEqual([
      200, 200, 200,
    ]);
    way.mend();
    await until('nothing is on disk', () => Promise.resolve(spooled().length === 0));
    const keys = (await stored('hasty')).map(({ event_key }) => event_key);
    expect(keys.filter((key) => key.startsWith('again'))).toEqual(['again-1', 'again-2']);
  });

  it('what cannot be read is kept for a person, as ever', async () => {
    way.cut();
    expect(await post('', { body: '{"type":' })).toBe(200);
    way.mend();
    await until('it is in quarantine', async () =>
      (await stored('hasty')).some(({ status }) => status === 'quarantined'),
    );
  });

  it('nobody who reads the disk reads what was said', async () => {
    way.cut();
    expect(await post('secret-1')).toBe(200);
    const kept = readFileSync(path.join(folder, 'spool/current.spool'), 'latin1');
    expect(kept).toContain('v1.');
    expect(kept).not.toContain('canary');
    way.mend();
    await until('nothing is on disk', () => Promise.resolve(spooled().length === 0));
  });
});
