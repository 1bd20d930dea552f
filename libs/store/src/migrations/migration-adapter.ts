import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { Client } from 'pg';
import type { RefusedScript } from './migration-fault.js';
import { repairAdapter, type PgAdapter } from './repair-adapter.js';

/** Opens the schema engine's connections: one to the database, and one to a shadow database when it asks for it. */
export class MigrationAdapter {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  readonly #url: string;
  readonly #opened: PgAdapter[] = [];
  /** The last script that PostgreSQL refused, with its own words: the engine hands on only a summary. */
  refused: RefusedScript | null = null;

  /** @param url  of the database; a shadow database is made on the same server and needs CREATEDB */
  constructor(url: string) {
    this.#url = url;
  }

  /** The same object under the name of Prisma's interface, which its repaired connections fit at run time. */
  get factory(): SqlMigrationAwareDriverAdapterFactory {
    return this as unknown as SqlMigrationAwareDriverAdapterFactory;
  }

  /** Opens a connection to the database. */
  connect(): Promise<PgAdapter> {
    return this.#open(this.#url);
  }

  /**
   * Opens a connection to a new, empty database, which is dropped when the connection is disposed of.
   *
   * The adapter's own method would connect to the real database: the name in a connection URL wins over its option.
   */
  async connectToShadowDb(): Promise<PgAdapter> {
    const name = `parley_shadow_${process.pid}_${Date.now().toString(36)}`;
    const admin = new Client({ connectionString: this.#url });
    admin.on('error', () => undefined);
    await admin.connect();
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE template0`);
    const shadow = await this.#open(atDatabase(this.#url, name));
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`).catch(() => undefined);
      await admin.end();
    };
    return shadow;
  }

  /** Closes what is still open: freeing the engine leaves its connections to the pool's idle time. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#opened.map((adapter) => adapter.dispose()));
  }

  async #open(connectionString: string): Promise<PgAdapter> {
    // One connection each, or the advisory lock and every SET would be on another one than the migration.
    const factory = new PrismaPg({ connectionString, max: 1, options: '-c TimeZone=UTC' });
    const adapter = repairAdapter((await factory.connect()) as unknown as PgAdapter, (refused) => {
      this.refused = refused;
    });
    this.#opened.push(adapter);
    return adapter;
  }
}

function atDatabase(url: string, name: string): string {
  const at = new URL(url);
  at.pathname = `/${name}`;
  return at.toString();
}
