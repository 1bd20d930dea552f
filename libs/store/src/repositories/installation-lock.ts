import { createPool } from '../pool.js';
import { storeFault } from '../store-fault.js';

/**
 * Does work that no other process of the installation does at the same time; others wait for their turn.
 *
 * The lock lives on a connection of its own, outside of every pool, and ends with it: a process that dies holds nobody
 * up.
 *
 * @param name  of the lock
 * @throws Fault `store/unavailable` when the turn does not come within 15 s; faults of the work pass through
 */
export async function withInstallationLock<T>(url: string, name: string, work: () => Promise<T>): Promise<T> {
  const pool = createPool({ url, max: 1, role: 'app', name: `lock ${name}` });
  try {
    const client = await pool.connect();
    try {
      await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [`parley ${name}`]);
      return await work();
    } finally {
      client.release(true);
    }
  } catch (error) {
    throw storeFault(error);
  } finally {
    await pool.end();
  }
}
