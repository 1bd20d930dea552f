import { Client } from 'pg';

/**
 * Creates a database when there is none of that name.
 *
 * @param adminUrl  URL of another database on the same server, as a user that may create databases
 * @param name  lower-case letters, digits and underscores
 */
export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  // A connection that is cut also fails the query that waits on it; without a listener the event ends the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
