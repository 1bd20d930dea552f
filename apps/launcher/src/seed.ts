import { KeyService, newToken } from '#libs/access';
import { parseGatewayConfig, type Environment, type GatewayConfig } from '#libs/config';
import { connectorOf, parseSettings, withGenerated } from '#libs/connectors';
import { Scope, type ChannelId, type WorkspaceId } from '#libs/model';
import {
  ApiKeys,
  Bots,
  Channels,
  Database,
  Instance,
  Keyring,
  Sealer,
  SetUps,
  withInstallationLock,
  Workspaces,
  type InstallationKeys,
} from '#libs/store';
import { demoBot } from './demo-bot.js';
import { say } from './say.js';
import { keepSecretKey } from './secret-key.js';

/** What a start has made, to be printed once and never again. */
export interface FirstStart {
  /** Null when an earlier start has printed it. */
  readonly apiKey: string | null;
  /** Where whoever opens it becomes the owner; every start makes another until somebody has. */
  readonly setUpLink: string;
}

/** Facts of the installation that a first start leaves. */
const DEMO_CHANNEL = 'demo_channel';
const FIRST_START = 'first_start';

const actor = 'system' as const;

/**
 * Fills an empty database with what a first start needs: a workspace "Demo" that waits for its owner, an API key with every
 * scope, and a web channel that the demo bot answers. Any number of processes may do so at once; one of them makes it.
 *
 * @param env  the key of the installation comes from here, or from the data folder when it has none
 * @returns what was made; null when it is not the first start, and somebody owns the installation
 * @throws Fault `store/unavailable`, `store/folder-unusable`
 */
export async function seed(
  databaseUrl: string,
  dataDir: string,
  env: Environment,
): Promise<FirstStart | null> {
  const config = gatewayConfig(databaseUrl, dataDir, env);
  const database = new Database({ url: databaseUrl, poolMax: 2, name: 'first start' });
  try {
    const { publicUrl } = config.http;
    return await withInstallationLock(databaseUrl, 'first start', () =>
      makeOnce(database, config.secrets, publicUrl),
    );
  } finally {
    await database.close();
  }
}

/** Shows what a first start has made; says nothing when there is nothing to show. */
export function tellFirstStart(made: FirstStart | null): void {
  if (made === null) return;
  if (made.apiKey !== null) say(`API key: ${made.apiKey}`);
  say(`Set up the console: ${made.setUpLink}`);
}

async function makeOnce(
  database: Database,
  keys: InstallationKeys,
  publicUrl: string,
): Promise<FirstStart | null> {
  const instance = new Instance(database);
  const setUps = new SetUps(database, instance);
  const keyring = new Keyring(keys);
  const sealer = new Sealer(database, keyring);
  const workspaces = new Workspaces(database, sealer);
  const state = await instance.get(FIRST_START);
  if (state === 'done' || (state === null && (await workspaces.list()).length > 0)) {
    const awaiting = await setUps.awaited();
    if (awaiting === null) return null;
    return { apiKey: null, setUpLink: await linkFor(setUps, awaiting, publicUrl) };
  }
  // A first start that was cut off has told nobody its key and link: what it left is made anew.
  for (const workspaceId of await workspaces.list()) await workspaces.remove(workspaceId);
  await instance.set(FIRST_START, 'begun');
  const { workspaceId } = await workspaces.create({ name: 'Demo', actor });
  const channelId = await makeDemoChannel(new Bots(database), new Channels(database, sealer), workspaceId);
  const key = await new KeyService(new ApiKeys(database), keyring).create(workspaceId, {
    name: 'First key',
    scopes: Scope.options,
    expiresAt: null,
    actor,
  });
  const setUpLink = await linkFor(setUps, workspaceId, publicUrl);
  await instance.set(DEMO_CHANNEL, channelId);
  await instance.set(FIRST_START, 'done');
  return { apiKey: key.key, setUpLink };
}

/** A new link for the owner who is awaited: only a hash of it is kept, so an earlier one cannot be shown again. */
async function linkFor(setUps: SetUps, workspaceId: WorkspaceId, publicUrl: string): Promise<string> {
  const token = newToken();
  await setUps.await(workspaceId, token.hash);
  return `${publicUrl}/console/set-up#token=${token.text}`;
}

async function makeDemoChannel(bots: Bots, channels: Channels, workspaceId: WorkspaceId): Promise<ChannelId> {
  const bot = await bots.create(workspaceId, { name: 'Demo bot', definition: demoBot, actor });
  const connector = connectorOf('web');
  // Every page may show it: the demo is there to be tried out, also from a page on the developer's own machine.
  const raw = { title: 'Parley demo', allowed_origins: ['*'] };
  const settings = parseSettings(connector, withGenerated(connector, raw)) as Record<string, unknown>;
  const channel = await channels.create(workspaceId, {
    connector: connector.manifest.id,
    name: 'Demo web chat',
    botId: bot.id,
    settings,
    secrets: connector.manifest.secrets,
    pacing: connector.manifest.pacing(settings),
    actor,
  });
  return channel.id;
}

function gatewayConfig(databaseUrl: string, dataDir: string, env: Environment): GatewayConfig {
  const key = env['PARLEY_SECRET_KEY'] || keepSecretKey(dataDir).key;
  return parseGatewayConfig({ ...env, DATABASE_URL: databaseUrl, PARLEY_SECRET_KEY: key });
}
