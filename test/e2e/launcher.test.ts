import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort, identify } from '#libs/store';
import { Launched, allGone, makeHouse, putApp } from '../support/launched.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-launcher-'));
const house = path.join(folder, 'house');
const data = path.join(folder, 'data');
const started: Launched[] = [];
let port = 0;

function launch(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  from = house,
): Launched {
  const launched = new Launched(from, args, { PARLEY_DATA_DIR: data, PARLEY_PORT: String(port), ...env });
  started.push(launched);
  return launched;
}

async function ready(env: Readonly<Record<string, string>> = {}): Promise<Launched> {
  const launched = launch([], env);
  await launched.says('Parley is ready at');
  return launched;
}

beforeAll(async () => {
  chmodSync(folder, 0o755);
  makeHouse(house, { gateway: 'stand-in-app.mjs', worker: 'stand-in-app.mjs' });
  port = await freePort();
});
afterEach(async () => {
  const all = started.splice(0);
  const processes = all.flatMap((launched) => launched.processes());
  for (const launched of all) launched.signal('SIGTERM');
  await Promise.all(all.map((launched) => launched.ends()));
  await allGone(processes);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  it('brings everything up, says where, and takes everything down on SIGTERM', async () => {
    const launched = await ready();
    expect(launched.output).toContain(`Parley is ready at http://127.0.0.1:${port}\n`);
    const processes = launched.processes();
    expect(processes).toHaveLength(5);
    launched.signal('SIGTERM');
    expect(await launched.ends()).toBe(0);
    expect(launched.output).toMatch(/Stopping\.\nParley has stopped\.\n$/);
    expect(processes.map((one) => identify(one.pid))).toEqual([null, null, null, null, null]);
  });

  it('keeps its key, refuses to run twice on one data folder, and says who is there', async () => {
    const key = readFileSync(path.join(data, 'secret.key'), 'utf8');
    const first = await ready();
    expect(readFileSync(path.join(data, 'secret.key'), 'utf8')).toBe(key);
    const second = launch();
    expect(await second.ends()).toBe(1);
    expect(second.output).toBe(
      `Parley is already running on this data folder (process ${first.pid}, http://127.0.0.1:${port}); stop it first or set PARLEY_DATA_DIR.\n`,
    );
  });

  it('stops on Ctrl-C and when npm is gone', async () => {
    const launched = await ready();
    launched.signal('SIGINT');
    expect(await launched.ends()).toBe(0);

    const script = `${process.execPath} ${house}/dist/apps/launcher/src/main.js & echo $!; wait`;
    const env = {
      PATH: process.env['PATH'],
      PARLEY_DATA_DIR: data,
      PARLEY_PORT: String(port),
      npm_lifecycle_event: 'start',
    };
    const shell = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    shell.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    await until('it is ready', () => output.includes('Parley is ready at'));
    const orphan = Number(output.split('\n')[0]);
    shell.kill('SIGKILL');
    await until('the launcher has stopped', () => identify(orphan) === null);
    expect(existsSync(path.join(data, 'launcher.lock'))).toBe(false);
  });
});

describe('kill -9', () => {
  it('of the launcher leaves no process, and the next start works at once', async () => {
    const killed = await ready();
    const processes = killed.processes();
    killed.signal('SIGKILL');
    expect(await killed.ends()).toBe('SIGKILL');
    const next = await ready();
    await allGone(processes);
    expect(next.output).toContain('Parley is ready at');
  });

  it('of the gateway, the database and the guardian is healed, each by itself', async () => {
    const launched = await ready();
    const [gateway, worker] = [launched.pidOf('gateway'), launched.pidOf('worker')];
    process.kill(gateway, 'SIGKILL');
    await launched.says('The gateway ended unexpectedly (SIGKILL); starting it again.');
    await launched.says('The gateway is ready again.');

    const database = launched.databasePid();
    process.kill(database, 'SIGKILL');
    await launched.says('PostgreSQL ended unexpectedly; starting it again.');
    await launched.says('PostgreSQL runs again.');
    expect(launched.databasePid()).not.toBe(database);
    expect(launched.pidOf('worker')).toBe(worker);

    const guard = launched.pidOf('guardian');
    process.kill(guard, 'SIGKILL');
    await until('there is another guardian', () => ![0, guard].includes(launched.pidOf('guardian')));

    const processes = launched.processes();
    launched.signal('SIGKILL');
    await launched.ends();
    await allGone(processes);
  });

  it('of a starting launcher leaves no process either', async () => {
    const fresh = path.join(folder, 'fresh');
    const launched = launch([], { PARLEY_DATA_DIR: fresh });
    await until('the database begins to start', () => existsSync(path.join(fresh, 'postgres/start.lock')));
    const processes = launched.processes();
    launched.signal('SIGKILL');
    await launched.ends();
    await allGone(processes);
    await until('no database is left', () => identify(launched.databasePid()) === null);
  });
});

describe('what keeps Parley from starting is said in one sentence', () => {
  it.each([
    {
      what: 'a data folder that cannot be written',
      env: { PARLEY_DATA_DIR: '/dev/null/data' },
      says: 'The data folder /dev/null/data cannot be written (ENOTDIR): make it writable, or set PARLEY_DATA_DIR to another one.',
    },
    {
      what: 'a database that cannot be reached',
      env: { DATABASE_URL: 'postgresql://me:secret@127.0.0.1:1/parley' },
      says: 'The database of DATABASE_URL (me@127.0.0.1:1/parley) cannot be reached: connect ECONNREFUSED 127.0.0.1:1. Start it, or correct DATABASE_URL, or leave it out to use the embedded one.',
    },
    {
      what: 'a Redis that cannot be reached',
      env: { REDIS_URL: 'redis://:secret@127.0.0.1:1' },
      says: 'The Redis of REDIS_URL (127.0.0.1:1) cannot be reached: connect ECONNREFUSED 127.0.0.1:1. Start it, or correct REDIS_URL, or leave it out to keep the queue in PostgreSQL.',
    },
    {
      what: 'a setting that cannot be read',
      env: { PARLEY_PORT: 'many' },
      says: 'The configuration is not valid:\n  PARLEY_PORT must be',
    },
  ])('$what', async ({ env, says }) => {
    const launched = launch([], env);
    expect(await launched.ends()).toBe(1);
    expect(launched.output).toContain(says);
    expect(launched.output).not.toMatch(/secret|\n {4}at /);
  });

  it('a wrong password', async () => {
    const url = new URL(inject('adminUrl'));
    url.password = 'wrong-one';
    const launched = launch([], { DATABASE_URL: url.toString() });
    expect(await launched.ends()).toBe(1);
    expect(launched.output).toContain('refuses the user or the password');
    expect(launched.output).not.toContain('wrong-one');
  });

  it('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as AddressInfo).port;
    const launched = launch([], { PARLEY_PORT: String(taken) });
    expect(await launched.ends()).toBe(1);
    expect(launched.output).toBe(
      `Port ${taken} on 127.0.0.1 is taken by another program: set PARLEY_PORT to another port, or end what listens there.\n`,
    );
    other.close();
  });

  it('an app that does not start, with its log named and everything else stopped', async () => {
    putApp(house, 'worker', 'never-ready-app.mjs');
    const launched = launch();
    expect(await launched.ends()).toBe(1);
    putApp(house, 'worker', 'stand-in-app.mjs');
    expect(launched.output).toContain(
      `The worker ended 5 times before it was ready (last: exit code 3): the reason is in ${data}/logs/worker.log.\n`,
    );
  });

  it('a migration that fails, until it is repaired and settled', async () => {
    const migration = path.join(house, 'prisma/migrations/99999999999999_broken');
    mkdirSync(migration);
    writeFileSync(
      path.join(migration, 'migration.sql'),
      'CREATE TABLE made (id int);\nINSERT INTO missing VALUES (1);\n',
    );
    const failing = launch();
    expect(await failing.ends()).toBe(1);
    expect(failing.output).toContain(
      'Migration 99999999999999_broken failed and was rolled back: relation "missing" does not exist (line 2) [42P01]. Remove the cause, run "npm run db -- resolve 99999999999999_broken", and start again.\n',
    );

    writeFileSync(path.join(migration, 'migration.sql'), 'CREATE TABLE made (id int);\n');
    const blocked = launch();
    expect(await blocked.ends()).toBe(1);
    expect(blocked.output).toContain('Migration 99999999999999_broken failed at ');

    expect(await launch(['db', 'resolve', '99999999999999_broken']).ends()).toBe(0);
    const repaired = await ready();
    expect(repaired.output).toContain('99999999999999_broken');
  });
});

describe('on real servers', () => {
  it('runs without the embedded database, on DATABASE_URL and REDIS_URL', async () => {
    const name = `launcher_${randomUUID().replaceAll('-', '')}`;
    const admin = new Client({ connectionString: inject('adminUrl') });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    const url = new URL(inject('adminUrl'));
    url.pathname = `/${name}`;
    const redisUrl = inject('redisUrl');
    const fresh = path.join(folder, 'scaled');
    const launched = await ready({
      DATABASE_URL: url.toString(),
      PARLEY_DATA_DIR: fresh,
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    });
    expect(existsSync(path.join(fresh, 'postgres'))).toBe(false);
    expect(launched.output).toContain('PARLEY_SECRET_KEY is not set: the key in');
    const answer = await fetch(`http://127.0.0.1:${port}`);
    expect(await answer.text()).toBe(url.toString());
  });
});
