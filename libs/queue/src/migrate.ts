import { runMigrations } from 'bullmq';
import { createPool } from '#libs/store';

/**
 * Brings BullMQ's own tables on PostgreSQL up to date; safe to run again and from several processes at once. Needed
 * also where Redis is used, so that a queue can move back without a step of its own.
 */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const pool = createPool({ url: databaseUrl, max: 1, role: 'owner', name: 'queue migration' });
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
    await pool.end();
  }
}
