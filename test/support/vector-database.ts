import { PGlite } from '@electric-sql/pglite';
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite/vector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { migratorOf } from '../../apps/launcher/src/deploy.js';
import { Database } from '#libs/store';

/** A migrated database with a real pgvector at hand, which the tests' own server has not. */
export interface VectorDatabase {
  database: Database;
  /** Runs statements as the owner of the tables, whom no policy holds. */
  asOwner(sql: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/**
 * PostgreSQL as WebAssembly in this process, with our migrations on it; takes some seconds.
 *
 * It is one session behind however many sockets, so the pool has one connection and its role is set here.
 */
export async function openVectorDatabase(): Promise<VectorDatabase> {
  const db = await PGlite.create({ extensions: { btree_gin, pg_trgm, vector } });
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 8 });
  await server.start();
  const url = `postgres://postgres:postgres@${server.getServerConn()}/postgres?sslmode=disable`;
  await migratorOf(url).deploy();
  await db.exec('set role parley_app');
  const database = new Database({ url, poolMax: 1, name: 'test' });
  return {
    database,
    async asOwner(sql) {
      await db.exec('set role postgres');
      try {
        return (await db.exec(sql)).at(-1)?.rows ?? [];
      } finally {
        await db.exec('set role parley_app');
      }
    },
    async close() {
      await database.close();
      await server.stop();
      await db.close();
    },
  };
}
