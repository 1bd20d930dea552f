import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Client } from 'pg';
import { run } from '../../apps/cli/src/program.js';
import { diagnose } from '../../apps/launcher/src/doctor/index.js';
import { apiOf, boot, type Booted, keyFor, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { runCli } from '../support/run-cli.js';

interface Finding {
  what: string;
  state: string;
  words: string;
  action?: string;
}

let booted: Booted;
let home: TestWorkspace;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-doctor-'));
  booted = await boot({ hasWorker: false });
  home = await makeWorkspace(booted);
});
afterAll(async () => {
  await booted?.close();
  rmSync(folder, { recursive: true, force: true });
});

const envOf = (more: Record<string, string> = {}): Record<string, string> => ({
  ...booted.env,
  PARLEY_DATA_DIR: folder,
  PARLEY_URL: booted.url,
  PARLEY_API_KEY: home.key,
  XDG_CONFIG_HOME: folder,
  ...more,
});

type Found = Map<string, Finding>;
const byName = (found: readonly Finding[]): Found => new Map(found.map((one) => [one.what, one]));

/** What the launcher finds on this machine. */
const machine = async (more: Record<string, string> = {}): Promise<Found> =>
  byName((await diagnose(envOf(more))).findings);

/** What the command finds through the API: here, where nothing is compiled beside it, that is all. */
async function outside(more: Record<string, string> = {}): Promise<[Found, number]> {
  const stdout = new PassThrough();
  const world = { env: envOf(more), stdout, stderr: new PassThrough(), stdin: Readable.from([]) };
  const code = await run(['node', 'parley', 'doctor', '--json'], world);
  stdout.end();
  return [byName(JSON.parse(await text(stdout)) as Finding[]), code];
}

describe('parley doctor', () => {
  it('looks at everything that an installation stands on', async () => {
    const { out, err, code } = await runCli(['doctor', '--json'], envOf());
    expect(err).toBe('');
    const found = byName(JSON.parse(out) as Finding[]);
    expect(Object.fromEntries([...found].map(([what, { state }]) => [what, state]))).toMatchObject({
      node: 'well',
      settings: 'well',
      'data folder': 'well',
      disk: expect.any(String),
      database: expect.any(String),
      'database clock': 'well',
      connections: 'well',
      'waiting messages': 'well',
      'waiting sends': 'well',
      'waiting webhooks': 'well',
      migrations: 'well',
      redis: 'well',
      address: 'well',
      readiness: 'well',
      clock: 'well',
      'public address': 'warning',
      key: 'well',
      'channel Chat (web)': 'well',
    });
    expect(found.get('database')?.words).toMatch(/^PostgreSQL \d+\.\d+/);
    // The server of the tests gives durability for speed: an installation must not, and is told so.
    const durability = found.get('durability');
    if (durability?.state === 'wrong') expect(durability.action).toContain('fsync = on');
    expect(code).toBe(durability?.state === 'wrong' ? 7 : 0);
    for (const { state, action } of found.values()) if (state !== 'well') expect(action).toMatch(/\w/);
  }, 120_000);

  it('says what waits when no worker works', async () => {
    const api = apiOf(booted, home.key);
    const session = (await api('POST', '/v1/sessions', {})).body;
    await api('POST', '/v1/messages', { session_id: session.id, text: 'hello', respond: 'async' });
    const late = (age: string) =>
      booted.owner.query(`update mailbox set due_at = now() - interval '${age}' where due_at is not null`);
    await late('1 minute');
    const waiting = await machine();
    expect(waiting.get('waiting messages')).toMatchObject({
      state: 'warning',
      words: expect.stringMatching(/^1, the oldest for \d\d s/),
      action: expect.stringContaining('worker'),
    });
    await late('1 hour');
    expect((await machine()).get('waiting messages')?.state).toBe('wrong');
  });

  it('asks the provider of every channel, and says which one cannot be reached', async () => {
    const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    const settings = { url: 'https://127.0.0.1:1/', inbound_secret: secret, outbound_secret: secret };
    const api = apiOf(booted, home.key);
    const made = await api('POST', '/v1/channels', { connector: 'webhook', name: 'Hook', settings });
    const [found, code] = await outside();
    expect(found.get('channel Hook (webhook)')).toMatchObject({
      state: 'wrong',
      words: expect.stringContaining('127.0.0.1'),
      action: expect.stringContaining(made.body.id),
    });
    expect(code).toBe(7);
    // A key that may not ask the provider sees what was found last; one that may see no channel sees none.
    const reader = await keyFor(booted, home.workspaceId, ['channels:read']);
    expect((await outside({ PARLEY_API_KEY: reader }))[0].get('channel Hook (webhook)')?.state).toBe('wrong');
    const blind = await keyFor(booted, home.workspaceId, ['bots:read']);
    expect((await outside({ PARLEY_API_KEY: blind }))[0].has('channel Hook (webhook)')).toBe(false);
    await api('POST', `/v1/channels/${made.body.id}/pause`);
    expect((await outside())[0].get('channel Hook (webhook)')).toMatchObject({ state: 'warning' });
  });

  it('tells settings that are wrong, a database that is away, a key that others can read', async () => {
    const settings = await machine({ PARLEY_PORT: 'many' });
    expect(settings.get('settings')).toMatchObject({
      state: 'wrong',
      words: expect.stringContaining('PARLEY_PORT'),
    });
    const away = await machine({ DATABASE_URL: 'postgresql://u:hidden@127.0.0.1:1/x' });
    expect(away.get('database')).toMatchObject({
      state: 'wrong',
      words: expect.stringContaining('127.0.0.1:1'),
    });
    expect(JSON.stringify([...away])).not.toContain('hidden');
    const file = path.join(folder, 'secret.key');
    writeFileSync(file, 'x', { mode: 0o644 });
    chmodSync(file, 0o644);
    const open = await machine();
    expect(open.get('secret key')).toMatchObject({
      state: 'wrong',
      action: expect.stringContaining('chmod 600'),
    });
    rmSync(file);
  });

  it.runIf(inject('redisUrl'))('looks at the Redis of the queue', async () => {
    const found = await machine({ REDIS_URL: inject('redisUrl')! });
    expect(found.get('redis')?.words).toMatch(/Redis \d+\.\d+|appendonly/);
    const away = await machine({ REDIS_URL: 'redis://127.0.0.1:1' });
    expect(away.get('redis')).toMatchObject({
      state: 'wrong',
      words: expect.stringContaining('127.0.0.1:1'),
    });
  });

  it('sees that a certificate is not to be trusted', async () => {
    const server = await startHttps(folder);
    try {
      const address = `https://localhost:${(server.address() as AddressInfo).port}`;
      const [found, code] = await outside({ PARLEY_URL: address });
      expect(found.get('certificate of localhost')).toMatchObject({
        state: 'wrong',
        words: expect.stringContaining('SELF_SIGNED'),
      });
      expect(code).toBe(7);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('speaks to people in lines, and looks here when it is told that the installation is here', async () => {
    const far = await runCli(['doctor', '--url', 'http://parley.invalid'], envOf());
    expect(far.out).toMatch(/^✓ node: /);
    expect(far.out).toContain('✗ address: http://parley.invalid: nobody answers there.\n  → See whether');
    expect(far.out).not.toContain('data folder');
    const here = await runCli(['doctor', '--here', '--url', 'http://parley.invalid'], envOf());
    expect(here.out).toContain('✓ data folder');
    expect([far.code, here.code]).toEqual([7, 7]);
  }, 120_000);
});

describe('parley migrate', () => {
  it('brings an empty database up to date, once, and doctor knows before and after', async () => {
    const name = `t_migrate_${process.pid}`;
    const admin = new Client({ connectionString: inject('adminUrl') });
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = new URL(inject('adminUrl'));
    url.pathname = `/${name}`;
    const env = envOf({ DATABASE_URL: url.href });
    try {
      const before = await machine({ DATABASE_URL: url.href });
      expect(before.get('migrations')).toMatchObject({
        state: 'wrong',
        action: expect.stringContaining('migrate'),
      });
      const first = await runCli(['--json', 'migrate'], env);
      expect([first.code, first.err]).toEqual([0, '']);
      expect((JSON.parse(first.out) as { applied: string[] }).applied.length).toBeGreaterThan(10);
      const again = await runCli(['migrate'], env);
      expect(again.out.trim()).toBe('The database is up to date.');
      expect((await machine({ DATABASE_URL: url.href })).get('migrations')?.state).toBe('well');
      const away = await runCli(['migrate'], { ...env, DATABASE_URL: 'postgresql://u@127.0.0.1:1/x' });
      expect([away.code, away.err]).toEqual([1, expect.stringContaining('cannot be reached')]);
    } finally {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  }, 120_000);
});

/** A server whose certificate nobody has signed but itself. */
async function startHttps(at: string): Promise<Server> {
  const [key, cert] = [path.join(at, 'key.pem'), path.join(at, 'cert.pem')];
  const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', [...kind, '-keyout', key, '-out', cert, '-days', '30', '-subj', '/CN=localhost'], {
    stdio: 'ignore',
  });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, answer) =>
    answer.end(),
  );
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return server;
}
