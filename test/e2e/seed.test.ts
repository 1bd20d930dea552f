import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashToken, KeyService } from '#libs/access';
import { parseGatewayConfig } from '#libs/config';
import { connectorOf } from '#libs/connectors';
import { Scope, type ChannelId } from '#libs/model';
import { Keyring } from '#libs/store';
import { seed } from '../../apps/launcher/src/seed.js';
import { keepSecretKey } from '../../apps/launcher/src/secret-key.js';
import { openTestStore, repositoriesOf, type TestStore } from '../support/test-store.js';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-seed-'));
chmodSync(folder, 0o755);
let store: TestStore;

beforeEach(async () => {
  store = await openTestStore();
});
afterEach(() => store.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = () => seed(store.url, folder, {});
const opened = () => {
  const env = { DATABASE_URL: store.url, PARLEY_SECRET_KEY: keepSecretKey(folder).key };
  const keyring = new Keyring(parseGatewayConfig(env).secrets);
  return { keyring, ...repositoriesOf(store.database, keyring) };
};

const claim = (link = '') => {
  const owner = { email: 'Ada@example.com', name: 'Ada', passwordHash: 'x' };
  return opened().setUps.claim(hashToken(link.split('#token=')[1] ?? ''), owner, 'Mine');
};

describe('a first start', () => {
  it('makes a workspace that waits for its owner, a key for everything, and a web channel with a bot', async () => {
    const made = await start();
    const { keyring, apiKeys, instance, channels, bots, setUps } = opened();
    const caller = await new KeyService(apiKeys, keyring).authenticate(`Bearer ${made?.apiKey}`);
    expect(caller.scopes).toEqual(Scope.options);
    const channelId = (await instance.get('demo_channel')) as ChannelId;
    const channel = await channels.load(channelId);
    expect(channel).toMatchObject({ workspaceId: caller.workspaceId, connector: 'web', state: 'active' });
    expect(connectorOf('web').manifest.settings.parse(channel?.settings)).toEqual(channel?.settings);
    const bot = channel?.botId && (await bots.definitionOf(caller.workspaceId, channel.botId));
    expect(bot).toMatchObject({ version: 1, definition: { greeting: expect.any(Array) as unknown } });
    expect(await setUps.awaited()).toBe(caller.workspaceId);
    const owner = await claim(made?.setUpLink);
    expect(owner).toMatchObject({ email: 'ada@example.com', role: 'owner' });
    expect(await setUps.awaited()).toBeNull();
    expect(await start()).toBeNull();
  });

  it('happens once, however many processes start at the same time and later', async () => {
    const made = await Promise.all([start(), start(), start()]);
    expect(made.filter((one) => one?.apiKey)).toHaveLength(1);
    expect(await store.workspaces.list()).toHaveLength(1);
  });

  it('gives every later start a new link, in place of the one before, until somebody has used one', async () => {
    const first = await start();
    const second = await start();
    expect(second?.apiKey).toBeNull();
    await expect(claim(first?.setUpLink)).rejects.toMatchObject({ code: 'access/invalid-link' });
    const tries = await Promise.allSettled([claim(second?.setUpLink), claim(second?.setUpLink)]);
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await start()).toBeNull();
  });

  it('is made anew when it was cut off before it could tell its key', async () => {
    await start();
    await store.instance.set('first_start', 'begun');
    const again = await start();
    const { keyring, apiKeys } = opened();
    expect(await store.workspaces.list()).toHaveLength(1);
    await new KeyService(apiKeys, keyring).authenticate(`Bearer ${again?.apiKey}`);
  });

  it('leaves a database alone that has workspaces of its own', async () => {
    await store.workspaces.create({ name: 'Mine', actor: 'system' });
    expect(await start()).toBeNull();
    expect(await store.workspaces.list()).toHaveLength(1);
  });
});
