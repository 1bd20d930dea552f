import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { parseGatewayConfig } from '#libs/config';
import { connectorOf, parseSettings } from '#libs/connectors';
import {
  accepts,
  Bots,
  Channels,
  Database,
  EmbeddedPostgres,
  freePort,
  Keyring,
  Sealer,
  Workspaces,
} from '#libs/store';
import { deploy } from '../../dist/apps/launcher/src/deploy.js';
import { countingSettings } from './profile.mjs';
import { end, forkReady, spawnQuiet } from './processes.mjs';

const dist = path.resolve(import.meta.dirname, '../../dist');
const here = (name) => path.join(import.meta.dirname, name);
const actor = 'system';

/** The servers that a run shares: PostgreSQL as the launcher runs it, Redis as docker-compose.yml does. */
export class House {
  #stops = [];

  /** @param options.isCounting  PostgreSQL counts statements */
  static async open({ isCounting = false } = {}) {
    const house = new House();
    try {
      await house.#open(isCounting ? countingSettings : {});
      return house;
    } catch (error) {
      await house.close();
      throw error;
    }
  }

  async #open(settings) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'parley-bench-'));
    chmodSync(this.folder, 0o755); // PostgreSQL runs as another account when we are root
    this.#stops.push(() => rmSync(this.folder, { recursive: true, force: true }));
    const postgres = new EmbeddedPostgres({ folder: path.join(this.folder, 'postgres'), settings });
    const { adminUrl } = await postgres.start();
    this.#stops.push(() => postgres.stop());
    this.adminUrl = adminUrl;
    this.admin = new pg.Client({ connectionString: adminUrl });
    await this.admin.connect();
    this.#stops.push(() => this.admin.end());
    await this.admin.query('create database template_of_run');
    await deploy(this.databaseUrl('template_of_run'));
    this.postgresPid = Number((await this.#pidFile()).split('\n')[0]);
    this.postgresVersion = (await this.admin.query('show server_version')).rows[0].server_version;
    const load = await forkReady(here('load.mjs'), { logFile: this.log('load') });
    this.#stops.push(() => end(load.child));
    this.load = load.child;
    this.providerUrl = load.said.providerUrl;
  }

  async #pidFile() {
    const { rows } = await this.admin.query("select pg_read_file('postmaster.pid') as text");
    return rows[0].text;
  }

  databaseUrl(name) {
    const url = new URL(this.adminUrl);
    url.pathname = `/${name}`;
    return url.href;
  }

  log(name) {
    return path.join(this.folder, `${name}.log`);
  }

  /** @returns null on a machine without `redis-server` */
  async startRedis() {
    const port = await freePort();
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes'];
    const child = spawnQuiet(
      'redis-server',
      [...args, '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
      this.folder,
    );
    const gone = once(child, 'exit').then(
      () => true,
      () => true,
    );
    this.#stops.push(() => end(child));
    for (let look = 0; look < 200; look++) {
      if (await accepts(port)) return { url: `redis://127.0.0.1:${port}`, pid: child.pid };
      if (await Promise.race([gone, sleep(25, false)])) return null;
    }
    return null;
  }

  /** A database of its own, with a workspace, a bot that always answers the same, and a channel to the provider. */
  async tenant() {
    const name = `b_${randomBytes(4).toString('hex')}`;
    await this.admin.query(`create database ${name} template template_of_run`);
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const env = {
      DATABASE_URL: this.databaseUrl(name),
      PARLEY_SECRET_KEY: randomBytes(32).toString('base64'),
      PARLEY_EGRESS_ALLOW: '127.0.0.0/8',
    };
    const channelId = await seed(env, this.providerUrl, secret);
    return { env, secret, channelId };
  }

  /** A connection to a tenant's database that sees everything; whoever asks ends it. */
  async client({ env }) {
    const url = new URL(this.adminUrl);
    url.pathname = new URL(env.DATABASE_URL).pathname;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    return client;
  }

  /** A database of its own with an empty workspace, open in this process. */
  async emptyWorkspace() {
    const name = `b_${randomBytes(4).toString('hex')}`;
    await this.admin.query(`create database ${name} template template_of_run`);
    const database = new Database({ url: this.databaseUrl(name), poolMax: 2, name: 'bench' });
    const { secrets } = parseGatewayConfig({
      DATABASE_URL: this.databaseUrl(name),
      PARLEY_SECRET_KEY: randomBytes(32).toString('base64'),
    });
    const workspaces = new Workspaces(database, new Sealer(database, new Keyring(secrets)));
    const { workspaceId } = await workspaces.create({ name: 'Bench', actor });
    return { database, workspaceId };
  }

  /** The minimal pipeline, over the tenant's database and against the same provider. */
  async startFloor({ env, secret }) {
    const { child, said } = await forkReady(here('floor.mjs'), {
      env: {
        FLOOR_DATABASE_URL: env.DATABASE_URL,
        FLOOR_PROVIDER_URL: this.providerUrl,
        FLOOR_SECRET: secret,
      },
      logFile: this.log('floor'),
    });
    return { url: said.url, pid: child.pid, stop: () => end(child) };
  }

  async startGateway(tenant, more = {}) {
    const port = await freePort();
    const env = { ...tenant.env, ...more.env, PARLEY_PORT: String(port) };
    const { child } = await forkReady(path.join(dist, 'apps/gateway/src/main.js'), {
      ...more,
      env,
      logFile: this.log('gateway'),
    });
    const url = `http://127.0.0.1:${port}/hooks/webhook/${tenant.channelId}`;
    return { url, pid: child.pid, stop: () => end(child) };
  }

  async startWorker(tenant, more = {}) {
    const env = { ...tenant.env, ...more.env };
    const { child } = await forkReady(path.join(dist, 'apps/worker/src/main.js'), {
      ...more,
      env,
      logFile: this.log('worker'),
    });
    return { pid: child.pid, stop: () => end(child) };
  }

  /**
   * Gives the load generator one order and waits for what it measured.
   *
   * @param order.mayRefuse  messages that are not taken fail nothing: they are load, and not what is measured
   */
  async drive(order) {
    const answer = once(this.load, 'message');
    this.load.send(order);
    const [{ result, error }] = await answer;
    if (error) throw new Error(error);
    if (result.failures > 0 && order.mayRefuse !== true)
      throw new Error(`${result.failures} of ${result.done} messages failed: ${order.url}`);
    return result;
  }

  async close() {
    for (const stop of this.#stops.toReversed()) await stop();
  }
}

async function seed(env, providerUrl, secret) {
  const database = new Database({ url: env.DATABASE_URL, poolMax: 2, name: 'bench' });
  try {
    const sealer = new Sealer(database, new Keyring(parseGatewayConfig(env).secrets));
    const { workspaceId } = await new Workspaces(database, sealer).create({ name: 'Bench', actor });
    const definition = {
      persona: { name: 'Echo' },
      rules: [],
      fallback: [{ type: 'text', text: 'Hello, is anybody there?' }],
      fallback_hands_over: false,
    };
    const bot = await new Bots(database).create(workspaceId, { name: 'Echo', definition, actor });
    const connector = connectorOf('webhook');
    const settings = parseSettings(connector, {
      url: providerUrl,
      inbound_secret: secret,
      outbound_secret: secret,
    });
    const channel = await new Channels(database, sealer).create(workspaceId, {
      connector: 'webhook',
      name: 'Bench',
      botId: bot.id,
      settings,
      secrets: connector.manifest.secrets,
      pacing: connector.manifest.pacing(settings),
      actor,
    });
    return channel.id;
  } finally {
    await database.close();
  }
}
