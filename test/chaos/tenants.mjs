import { randomBytes } from 'node:crypto';
import { connectorOf, parseSettings } from '#libs/connectors';
import { parseGatewayConfig } from '#libs/config';
import { idOf, uuidOf } from '#libs/model';
import { Bots, Channels, Database, Keyring, Sealer, Workspaces } from '#libs/store';
import { chaosBot } from './bot.mjs';

/**
 * A channel of a run, and what both sides of it know.
 *
 * @typedef {object} ChaosChannel
 * @property {string} name       `a/idempotent`: the workspace and what the channel is for
 * @property {string} workspace  `a` or `b`
 * @property {string} id         `chan_…`
 * @property {string} uuid
 * @property {string} workspaceUuid
 * @property {'idempotent' | 'look-up' | 'blind'} delivery
 * @property {string} role       `idempotent`, `look-up`, `blind`, `paced` or `poison`
 * @property {string} inboundSecret
 * @property {string} outboundSecret
 * @property {{ perSecond: number, burst: number } | null} rate
 * @property {boolean} isPatient  whether its provider says that it sends again for hours
 */

/** What the channels of each workspace are for; what those that are not patient are sent is kept on disk while the database is away. */
const roles = {
  idempotent: { delivery: 'idempotent', rate: null, isPatient: false },
  'look-up': { delivery: 'look-up', rate: null, isPatient: true },
  blind: { delivery: 'blind', rate: null, isPatient: false },
  paced: { delivery: 'idempotent', rate: { perSecond: 5, burst: 5 }, isPatient: true },
  poison: { delivery: 'idempotent', rate: null, isPatient: true },
};

/**
 * Two workspaces with the same channels, the same bot and, later, the same provider ids.
 *
 * @param {{ databaseUrl: string, secretKey: string, providerUrl: string }} options
 * @returns {Promise<ChaosChannel[]>}
 */
export function makeTenants({ databaseUrl, secretKey, providerUrl }) {
  return withStores(databaseUrl, secretKey, async (stores) => {
    const channels = [];
    for (const workspace of ['a', 'b']) channels.push(...(await makeTenant(stores, workspace, providerUrl)));
    return channels;
  });
}

/**
 * One more channel, over which short messages come.
 *
 * @param {import('./world.mjs').World} world  that has started
 * @param {Record<string, unknown>} settings
 * @returns {Promise<{ id: string, uuid: string }>}
 */
export function addTwilio({ postgres, secretKey, channels: [like] }, settings) {
  return withStores(postgres.url, secretKey, async ({ channels }) => {
    const connector = connectorOf('twilio-sms');
    const parsed = parseSettings(connector, settings);
    const stored = await channels.create(idOf('workspace', like.workspaceUuid), {
      connector: 'twilio-sms',
      name: 'short messages',
      botId: idOf('bot', like.bot),
      settings: parsed,
      secrets: connector.manifest.secrets,
      pacing: connector.manifest.pacing(parsed),
      actor: 'system',
    });
    return { id: stored.id, uuid: uuidOf(stored.id) };
  });
}

async function withStores(databaseUrl, secretKey, work) {
  const { secrets } = parseGatewayConfig({ DATABASE_URL: databaseUrl, PARLEY_SECRET_KEY: secretKey });
  const database = new Database({ url: databaseUrl, poolMax: 2, name: 'chaos' });
  try {
    const sealer = new Sealer(database, new Keyring(secrets));
    return await work({
      workspaces: new Workspaces(database, sealer),
      bots: new Bots(database),
      channels: new Channels(database, sealer),
    });
  } finally {
    await database.close();
  }
}

async function makeTenant({ workspaces, bots, channels }, workspace, providerUrl) {
  const actor = 'system';
  const { workspaceId } = await workspaces.create({ name: workspace, actor });
  const definition = chaosBot(workspace);
  const bot = await bots.create(workspaceId, { name: 'Chaos', definition, actor });
  const broken = await bots.create(workspaceId, { name: 'Broken', definition, actor });
  const made = [];
  for (const [role, { delivery, rate, isPatient }] of Object.entries(roles)) {
    const name = `${workspace}/${role}`;
    const settings = { ...settingsOf(name, delivery, rate, providerUrl), sends_again: isPatient };
    const connector = connectorOf('webhook');
    const stored = await channels.create(workspaceId, {
      connector: 'webhook',
      name,
      botId: role === 'poison' ? broken.id : bot.id,
      settings,
      secrets: connector.manifest.secrets,
      pacing: connector.manifest.pacing(settings),
      actor,
    });
    const secretsOfIt = { inboundSecret: settings.inbound_secret, outboundSecret: settings.outbound_secret };
    const ids = { id: stored.id, uuid: uuidOf(stored.id), workspaceUuid: uuidOf(workspaceId) };
    made.push({
      name,
      workspace,
      role,
      delivery,
      rate,
      isPatient,
      bot: uuidOf(bot.id),
      brokenBot: uuidOf(broken.id),
      ...ids,
      ...secretsOfIt,
    });
  }
  return made;
}

function settingsOf(name, delivery, rate, providerUrl) {
  return parseSettings(connectorOf('webhook'), {
    url: `${providerUrl}/${name}`,
    lookup_url: `${providerUrl}/${name}`,
    inbound_secret: secret(),
    outbound_secret: secret(),
    account: name,
    delivery,
    ...(rate && { rate_per_second: rate.perSecond, burst: rate.burst }),
  });
}

const secret = () => `whsec_${randomBytes(32).toString('base64')}`;
