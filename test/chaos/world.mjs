import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '#libs/store';
import { deploy } from '../../dist/apps/launcher/src/deploy.js';
import { makeSmallDisk } from './disk.mjs';
import { Front } from './front.mjs';
import { Provider } from './provider.mjs';
import { Proxy } from './proxy.mjs';
import { ChaosPostgres, ChaosRedis } from './stores.mjs';
import { Supervised } from './supervised.mjs';
import { makeTenants } from './tenants.mjs';

const checkout = path.resolve(import.meta.dirname, '../..');
/** Deliveries that one worker makes at the same time; the checker's tolerance for rates comes from it. */
export const sendsPerWorker = 16;

/** Everything a run runs on. */
export class World {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-chaos-'));
  #keeper = fork(path.join(import.meta.dirname, 'keeper.mjs'), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  #onPid = (name, pid) => void (this.#keeper.connected && this.#keeper.send({ name, pid }));
  #onMount = (mount) => void (this.#keeper.connected && this.#keeper.send({ mount }));
  postgres;
  redis = null;
  toPostgres = new Proxy(() => this.postgres.port);
  toRedis = new Proxy(() => this.redis.port);
  provider;
  front;
  /** @type {Supervised[]} */
  gateways = [];
  /** @type {Supervised[]} */
  workers = [];
  /** @type {import('./tenants.mjs').ChaosChannel[]} */
  channels = [];
  /** Crash points for the next start of an app, by its name. @type {Map<string, string>} */
  crashPoints = new Map();
  /** How wrong the clock of an app is at its next start, in milliseconds, by its name. @type {Map<string, number>} */
  clockOffsets = new Map();
  /** Of the installation. */
  secretKey = randomBytes(32).toString('base64');
  #root;
  #settings;

  /**
   * @param {import('./prng.mjs').Random} random
   * @param {{ root?: string, settings?: Record<string, string>, hasSmallDisk?: boolean }} [options]  root: of the build
   *   that runs, default this checkout; settings: of the apps, in place of the usual ones; hasSmallDisk: PostgreSQL's
   *   files are on a disk that can be filled, where this account may make one
   */
  constructor(random, { root = checkout, settings = {}, hasSmallDisk = false } = {}) {
    this.#root = root;
    this.#settings = settings;
    const disk = hasSmallDisk ? makeSmallDisk(path.join(this.folder, 'postgres'), this.#onMount) : null;
    this.postgres = new ChaosPostgres(this.folder, this.#onPid, disk);
    this.provider = new Provider(random.fork('provider'));
    chmodSync(this.folder, 0o755); // PostgreSQL runs as another account when this runs as root
  }

  get apps() {
    return [...this.gateways, ...this.workers];
  }

  /** What no log may hold. */
  get secrets() {
    const ofChannels = this.channels.flatMap(({ inboundSecret, outboundSecret }) => [
      inboundSecret,
      outboundSecret,
    ]);
    return [this.secretKey, ...ofChannels];
  }

  logFile(name) {
    return path.join(this.folder, `${name}.log`);
  }

  /** @param {'redis' | 'postgres'} backend @returns {Promise<boolean>} false when there is no redis-server */
  async start(backend) {
    if (backend === 'redis') {
      this.redis = new ChaosRedis(this.folder, this.#onPid);
      if (!(await this.redis.start())) return false;
    }
    await Promise.all([
      this.postgres.start(),
      this.toPostgres.start(),
      this.toRedis.start(),
      this.provider.start(),
    ]);
    const databaseUrl = this.postgres.url;
    await deploy(databaseUrl);
    const providerUrl = this.provider.url;
    this.channels = await makeTenants({ databaseUrl, secretKey: this.secretKey, providerUrl });
    this.provider.serve(this.channels);
    const ports = await Promise.all([freePort(), freePort()]);
    this.gateways = ports.map((port, at) => this.#app('gateway', at + 1, { PARLEY_PORT: String(port) }));
    this.workers = [1, 2].map((at) => this.#app('worker', at, {}));
    this.front = new Front(ports);
    await this.front.start();
    for (const app of this.apps) app.start();
    await this.untilReady(60_000);
    return true;
  }

  /** Waits until every app is up. @param {number} withinMs @returns {Promise<boolean>} */
  async untilReady(withinMs) {
    for (const end = Date.now() + withinMs; Date.now() < end; await sleep(25)) {
      if (this.apps.every((app) => app.isReady)) return true;
    }
    return false;
  }

  async stop() {
    await Promise.all(this.apps.map((app) => app.stop()));
    this.front?.stop();
    this.provider.stop();
    await Promise.all([this.toPostgres.stop(), this.toRedis.stop()]).catch(() => undefined);
    await this.redis?.stop();
    await this.postgres.stop();
    this.#keeper.disconnect();
  }

  /** Removes what a run without violations leaves. */
  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Whether gateways keep on disk what the database has not. */
  isSpooling() {
    const folder = path.join(this.folder, 'spool');
    return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.spool'));
  }

  #app(app, at, more) {
    const name = `${app}-${at}`;
    return new Supervised({
      name,
      script: path.join(this.#root, `dist/apps/${app}/src/main.js`),
      env: () => this.#env(name, more),
      logFile: this.logFile(name),
      onPid: this.#onPid,
    });
  }

  #env(name, more) {
    const url = new URL(this.postgres.url);
    url.port = String(this.toPostgres.port);
    const crashPoint = this.crashPoints.get(name);
    this.crashPoints.delete(name);
    const clockOffset = this.clockOffsets.get(name);
    this.clockOffsets.delete(name);
    return {
      PATH: process.env.PATH ?? '',
      DATABASE_URL: url.href,
      ...(this.redis && { REDIS_URL: `redis://127.0.0.1:${this.toRedis.port}` }),
      PARLEY_SECRET_KEY: this.secretKey,
      PARLEY_DATA_DIR: this.folder,
      PARLEY_EGRESS_ALLOW: '127.0.0.0/8',
      PARLEY_OUTBOUND_TIMEOUT: '1500ms',
      PARLEY_LEASE: '2s',
      PARLEY_SWEEP_EVERY: '1s',
      PARLEY_WORKER_TURNS: '32',
      PARLEY_WORKER_SENDS: String(sendsPerWorker),
      ...this.#settings,
      ...more,
      NODE_IMPORT: path.join(this.#root, 'test/support/chaos-hook.mjs'),
      ...(crashPoint && { PARLEY_CRASH_POINT: crashPoint }),
      ...(clockOffset && { PARLEY_CHAOS_CLOCK_MS: String(clockOffset) }),
    };
  }
}
