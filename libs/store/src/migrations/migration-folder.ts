import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MigrationDirectory, MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';

const LOCK_FILE = 'migration_lock.toml';

/** Reads a migrations folder as the schema engine wants it: every folder inside is one migration, sorted by name. */
export function readMigrations(folder: string): MigrationList {
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .toSorted((a, b) => (a < b ? -1 : 1))
    : [];
  return {
    baseDir: path.resolve(folder),
    shadowDbInitScript: '',
    lockfile: { path: LOCK_FILE, content: readText(path.join(folder, LOCK_FILE)) },
    migrationDirectories: names.map((name) => readMigration(folder, name)),
  };
}

/** Writes a new migration, and with the first one the lock file that the engine asks for before the second. */
export function writeMigration(folder: string, name: string, sql: string, provider: string): void {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, name, 'migration.sql'), sql);
  const lock = path.join(folder, LOCK_FILE);
  if (!existsSync(lock))
    writeFileSync(lock, `# Written by Prisma; not to be edited.\nprovider = "${provider}"\n`);
}

function readMigration(folder: string, name: string): MigrationDirectory {
  const file = path.join(folder, name, 'migration.sql');
  const sql = readText(file);
  const content =
    sql === null ? { tag: 'error' as const, value: `missing ${file}` } : { tag: 'ok' as const, value: sql };
  return { path: name, migrationFile: { path: 'migration.sql', content } };
}

function readText(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}
