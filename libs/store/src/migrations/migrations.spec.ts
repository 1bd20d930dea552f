import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkDatabase, checkVersion } from './check-database.js';
import { migrationFault } from './migration-fault.js';
import { readMigrations, writeMigration } from './migration-folder.js';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-migrations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function engineError(message: string): Error {
  return Object.assign(new Error(message), { name: 'SchemaConnectorError' });
}

describe('a migration that fails', () => {
  it('is named with the words of the database, the line, and the way out', () => {
    const thrown = engineError('external connector error\nNo such table: c\n with migration_name="2026_bad"');
    const error = { message: 'relation "c" does not exist', code: '42P01', position: '12' };
    expect(migrationFault(thrown, { sql: 'select 1;\nselect * from c', error })).toMatchObject({
      code: 'store/migration-failed',
      detail:
        'Migration 2026_bad failed and was rolled back: relation "c" does not exist (line 2) [42P01]. Remove the cause, run "npm run db -- resolve 2026_bad", and start again.',
      facts: { migration: '2026_bad' },
    });
  });

  it("has the engine's summary when the database said nothing", () => {
    const thrown = engineError('external connector error\nNo such table: c\n with migration_name="2026_bad"');
    expect(migrationFault(thrown, null)).toMatchObject({
      detail: expect.stringContaining(': No such table: c.'),
    });
  });

  it('blocks what comes after it until it is settled', () => {
    const thrown = engineError(
      'migrate found failed migrations\nThe `2026_bad` migration started at noon failed\n',
    );
    expect(migrationFault(thrown, null)).toMatchObject({
      code: 'store/migration-failed',
      detail: expect.stringContaining('Migration 2026_bad failed at noon'),
    });
  });

  it('is not confused with other failures', () => {
    const other = new Error('connection lost');
    expect(migrationFault(other, null)).toBe(other);
    const engine = engineError('something else');
    expect(migrationFault(engine, null)).toBe(engine);
  });
});

describe('the migrations folder', () => {
  it('is read in the order of names, and may be missing', () => {
    const place = path.join(folder, 'migrations');
    expect(readMigrations(place).migrationDirectories).toEqual([]);
    writeMigration(place, '2_second', 'SELECT 2;', 'postgresql');
    writeMigration(place, '1_first', 'SELECT 1;', 'postgresql');
    const list = readMigrations(place);
    expect(list.migrationDirectories.map((one) => one.path)).toEqual(['1_first', '2_second']);
    expect(list.migrationDirectories[0]?.migrationFile.content).toEqual({ tag: 'ok', value: 'SELECT 1;' });
    expect(list.lockfile.content).toContain('provider = "postgresql"');
  });

  it('tells of a migration without its file', () => {
    rmSync(path.join(folder, 'migrations/1_first/migration.sql'));
    const [first] = readMigrations(path.join(folder, 'migrations')).migrationDirectories;
    expect(first?.migrationFile.content).toMatchObject({ tag: 'error' });
    expect(existsSync(path.join(folder, 'migrations/migration_lock.toml'))).toBe(true);
  });

  it('of this project is read without an error', () => {
    const place = path.resolve(import.meta.dirname, '../../../../prisma/migrations');
    const list = readMigrations(place);
    for (const one of list.migrationDirectories) expect(one.migrationFile.content.tag).toBe('ok');
    expect(readFileSync(path.join(place, 'migration_lock.toml'), 'utf8')).toContain('postgresql');
  });
});

describe('a database', () => {
  it.each([
    [150_000, 15],
    [180_004, 18],
  ])('of version number %i is new enough', (number, major) => {
    expect(checkVersion(number)).toBe(major);
  });

  it('of version 14 is refused with a sentence that says what to do', () => {
    expect(() => checkVersion(140_012)).toThrow(
      expect.objectContaining({
        code: 'store/too-old',
        detail:
          'The database of DATABASE_URL is PostgreSQL 14, and Parley needs 15 or newer: upgrade it, or leave DATABASE_URL out to use the embedded one.',
      }),
    );
  });

  it('that nobody runs is told without its password', async () => {
    const failure = checkDatabase('postgresql://me:hush@127.0.0.1:1/parley');
    await expect(failure).rejects.toMatchObject({
      code: 'store/unavailable',
      detail: expect.stringContaining('(me@127.0.0.1:1/parley) cannot be reached'),
    });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
  });
});
