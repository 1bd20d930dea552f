import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { EmbeddedPostgres, settingsForTests } from '#libs/store';
import { deploy } from '../../apps/launcher/src/deploy.js';
import { missingPrograms } from './programs.js';
import { startRedis } from './start-redis.js';

/** Name of the migrated database that tests copy: `CREATE DATABASE x TEMPLATE parley_template` takes about 40 ms. */
const TEMPLATE = 'parley_template';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the database `postgres` on the tests' server, as a superuser. */
    adminUrl: string;
    /** URL of a Redis for the tests alone; undefined when this machine has none. */
    redisUrl: string | undefined;
  }
}

interface Shared {
  readonly adminUrl: string;
  readonly redisUrl: string | undefined;
  stop(): Promise<void>;
}

/** Vitest runs this file once for each of its projects, in one process: they share servers. */
const shared = globalThis as { parleyTestServers?: { users: number; started: Promise<Shared> } };

/** Starts what tests of whole systems share, once for all of them: a PostgreSQL with a migrated template, and a Redis. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = (shared.parleyTestServers ??= { users: 0, started: start() });
  servers.users++;
  const { adminUrl, redisUrl, stop } = await servers.started;
  project.provide('adminUrl', adminUrl);
  project.provide('redisUrl', redisUrl);
  return async () => {
    if (--servers.users === 0) await stop();
  };
}

async function start(): Promise<Shared> {
  if (process.env['CI'] === 'true' && missingPrograms.length > 0) {
    throw new Error(`In CI nothing is skipped, but this machine lacks ${missingPrograms.join(', ')}.`);
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-test-'));
  // PostgreSQL runs as another account when the tests run as root.
  chmodSync(folder, 0o755);
  const postgres = new EmbeddedPostgres({
    folder: path.join(folder, 'postgres'),
    settings: settingsForTests,
  });
  const ownUrl = process.env['TEST_DATABASE_URL'];
  const [adminUrl, redis] = await Promise.all([
    ownUrl ?? postgres.start().then((running) => running.adminUrl),
    startRedis(folder),
  ]);
  await makeTemplate(adminUrl);
  return {
    adminUrl,
    redisUrl: redis?.url,
    async stop() {
      await redis?.stop();
      if (ownUrl === undefined) await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(adminUrl: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`DROP DATABASE IF EXISTS ${TEMPLATE}`);
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  const url = new URL(adminUrl);
  url.pathname = `/${TEMPLATE}`;
  await deploy(url.toString());
  // A template that somebody is connected to cannot be copied.
  await admin.query(`ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`);
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [TEMPLATE]);
  await admin.end();
}
