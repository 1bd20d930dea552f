import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedPostgres, Migrator, identify, settingsForTests } from '#libs/store';
import { until } from '../support/until.js';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-postgres-'));
const cluster = path.join(folder, 'cluster');
const postgres = new EmbeddedPostgres({ folder: cluster, settings: settingsForTests });
const pidFile = path.join(cluster, 'data/postmaster.pid');
const serverPid = (): number => Number(readFileSync(pidFile, 'utf8').split('\n')[0]);

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** A process that lives for as long as the test needs one. */
function bystander(): ChildProcess {
  return spawn('sleep', ['600'], { stdio: 'ignore' });
}

beforeAll(() => {
  chmodSync(folder, 0o755);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  afterEach(async () => {
    await postgres.stop();
  });

  it('starts three times at once as one server, with the database of the application', async () => {
    const again = (): EmbeddedPostgres =>
      new EmbeddedPostgres({ folder: cluster, settings: settingsForTests });
    const running = await Promise.all([postgres.start(), again().start(), again().start()]);
    expect(running.filter((one) => one.isNew)).toHaveLength(1);
    expect(new Set(running.map((one) => one.url)).size).toBe(1);
    const [{ url }] = running;
    expect(await ask(url, 'SELECT current_database()')).toBe('parley');
    expect(await ask(url, "SELECT current_setting('max_connections')")).toBe('200');
    expect(await ask(url, "SELECT current_setting('TimeZone')")).toBe('UTC');
    expect(await ask(url, 'SELECT version()')).toMatch(/^PostgreSQL 18/);
  });

  it('keeps its data and its port over a restart', async () => {
    const first = await postgres.start();
    await ask(first.url, 'CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer');
    await postgres.stop();
    expect(postgres.isRunning()).toBe(false);
    const second = await postgres.start();
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'SELECT answer FROM kept')).toBe(42);
  });

  it('moves to a free port when its own is taken', async () => {
    const { port } = await postgres.start();
    await postgres.stop();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const moved = await postgres.start();
    expect(moved.port).not.toBe(port);
    expect(await ask(moved.url, 'SELECT 1')).toBe(1);
    other.close();
  });

  it('comes back after kill -9', async () => {
    const { url } = await postgres.start();
    process.kill(serverPid(), 'SIGKILL');
    await until('the server is gone', () => !postgres.isRunning());
    const again = await postgres.start();
    expect(again).toMatchObject({ url, isNew: true });
    expect(await ask(url, 'SELECT 1')).toBe(1);
  });

  it.each([
    ['a process that is not PostgreSQL', () => bystander().pid],
    ['nobody', () => 2 ** 22 - 1],
  ])('starts although its pid file names %s', async (_, pid) => {
    await postgres.start();
    const left = readFileSync(pidFile, 'utf8').split('\n').slice(1);
    await postgres.stop();
    const stranger = pid() ?? 0;
    writeFileSync(pidFile, [stranger, ...left].join('\n'));
    chmodSync(pidFile, 0o644);
    const { url } = await postgres.start();
    expect(await ask(url, 'SELECT 1')).toBe(1);
    if (identify(stranger)) process.kill(stranger, 'SIGKILL');
  });

  it('starts although a killed process holds the lock of the start', async () => {
    writeFileSync(
      path.join(cluster, 'start.lock'),
      JSON.stringify({ pid: 1, startedAt: 'long ago', note: null }),
    );
    expect((await postgres.start()).isNew).toBe(true);
  });

  it('is stopped by the one who answers for it, and by nobody else', async () => {
    await postgres.start();
    const owner = bystander();
    writeFileSync(path.join(cluster, 'owner'), JSON.stringify(identify(owner.pid ?? 0)));
    expect(await postgres.release()).toBe(false);
    expect((await postgres.start()).isNew).toBe(false);
    expect(await postgres.release()).toBe(false);

    await postgres.start({ claim: true });
    expect(await postgres.release()).toBe(true);
    expect(postgres.isRunning()).toBe(false);
    owner.kill('SIGKILL');
  });

  it('is adopted by the next start when its starter was killed', async () => {
    await postgres.start();
    const killed = bystander();
    writeFileSync(path.join(cluster, 'owner'), JSON.stringify(identify(killed.pid ?? 0)));
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect((await postgres.start()).isNew).toBe(false);
    expect(await postgres.release()).toBe(true);
  });

  it('is made anew when its creation was cut short', async () => {
    const halfway = path.join(folder, 'halfway');
    mkdirSync(path.join(halfway, 'data.new.1'), { recursive: true });
    writeFileSync(path.join(halfway, 'data.new.1/PG_VERSION'), '18\n');
    const other = new EmbeddedPostgres({ folder: halfway, settings: settingsForTests });
    const { url } = await other.start();
    expect(await ask(url, 'SELECT 1')).toBe(1);
    expect(existsSync(path.join(halfway, 'data.new.1'))).toBe(false);
    await other.stop();
  });

  it('says what is wrong when it does not start', async () => {
    const broken = new EmbeddedPostgres({ folder: cluster, settings: { shared_buffers: 'plenty' } });
    await expect(broken.start()).rejects.toMatchObject({
      code: 'store/cluster-failed',
      detail: expect.stringMatching(/does not start: .*shared_buffers.*Its log is .*server\.log/),
    });
  });
});

describe('the migrator', () => {
  const schema = path.join(folder, 'schema.prisma');
  const migrations = path.join(folder, 'migrations');
  const model = (fields: string): string =>
    `datasource db {\n  provider = "postgresql"\n}\nmodel Thing {\n  id Int @id\n${fields}}\n`;
  const writeSchema = (fields: string): void => writeFileSync(schema, model(fields));
  let migrator: Migrator;
  let url = '';

  beforeAll(async () => {
    writeSchema('');
    ({ url } = await postgres.start());
    await ask(url, 'DROP TABLE IF EXISTS kept');
    migrator = new Migrator({ url, schema, migrations });
  });

  it('writes and applies migrations from the schema', async () => {
    expect(await migrator.dev('first')).toMatchObject({
      created: expect.stringMatching(/_first$/),
      warnings: [],
    });
    writeSchema('  name String @default("x")\n');
    const second = await migrator.dev('second');
    expect(second.applied).toEqual([second.created]);
    expect(await migrator.dev('nothing')).toEqual({ applied: [], created: null, warnings: [] });
    expect(await migrator.status()).toMatchObject({ history: null, failedMigrationNames: [] });
  });

  it('finds a schema and a database that differ from the migrations', async () => {
    expect([await migrator.drift('schema'), await migrator.drift('database')]).toEqual([null, null]);
    writeSchema('  name String @default("x")\n  size Int?\n');
    expect(await migrator.drift('schema')).toContain('ADD COLUMN     "size" INTEGER');
    await ask(url, 'CREATE TABLE "stranger" (id int PRIMARY KEY)');
    expect(await migrator.drift('database')).toContain('"stranger"');
    await expect(migrator.dev('third')).rejects.toMatchObject({ code: 'store/schema-drift' });
    await ask(url, 'DROP TABLE "stranger"');
  });

  it('applies functions, triggers and strings with semicolons, as one whole', async () => {
    const name = '99990101000000_by_hand';
    mkdirSync(path.join(migrations, name));
    writeFileSync(
      path.join(migrations, name, 'migration.sql'),
      `CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); RETURN NEW; END; $$;
       CREATE TRIGGER shout BEFORE INSERT ON "Thing" FOR EACH ROW EXECUTE FUNCTION shout();
       INSERT INTO "Thing" (id, name) VALUES (1, 'a;b');`,
    );
    expect(await migrator.deploy()).toEqual([name]);
    expect(await ask(url, 'SELECT name FROM "Thing"')).toBe('A;B');
  });

  it('applies each migration once when three processes do so at once', async () => {
    const name = '99990102000000_at_once';
    mkdirSync(path.join(migrations, name));
    writeFileSync(path.join(migrations, name, 'migration.sql'), 'CREATE INDEX thing_name ON "Thing" (name);');
    const all = await Promise.all([1, 2, 3].map(() => new Migrator({ url, schema, migrations }).deploy()));
    expect(all.flat()).toEqual([name]);
  });

  it('empties a database', async () => {
    await migrator.reset();
    expect(await ask(url, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'")).toBe(0);
  });
});
