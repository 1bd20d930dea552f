import { Client } from 'pg';
import { fault } from '#libs/faults';

const CONNECT_TIMEOUT_MS = 10_000;
const OLDEST_MAJOR = 15;

/**
 * Makes sure that a database can be used before anything is started on it.
 *
 * @param url  connection URL; its password is never part of a message
 * @returns the server's major version
 * @throws Fault `store/unavailable` when it cannot be reached, `store/credentials` when it refuses user, password or
 *   database, `store/too-old` below PostgreSQL 15
 */
export async function checkDatabase(url: string): Promise<number> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const answer = await client.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    return checkVersion(Number(answer.rows[0]?.version));
  } catch (error) {
    throw connectionFault(error, url);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Says whether a server is new enough.
 *
 * @param versionNumber  `server_version_num`, for example 180004 for 18.4
 * @throws Fault `store/too-old`
 */
export function checkVersion(versionNumber: number): number {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= OLDEST_MAJOR) return major;
  throw fault('store/too-old', {
    detail: `The database of DATABASE_URL is PostgreSQL ${major}, and Parley needs ${OLDEST_MAJOR} or newer: upgrade it, or leave DATABASE_URL out to use the embedded one.`,
    facts: { major },
  });
}

/** SQLSTATEs with which PostgreSQL refuses a login: wrong password or user, no entry in pg_hba.conf, no such database. */
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'refuses the user or the password',
  '28000': 'does not let this user in from here',
  '3D000': 'has no such database',
};

function connectionFault(error: unknown, url: string): unknown {
  const {
    code = '',
    message = String(error),
    name,
  } = error as { code?: string; message?: string; name?: string };
  if (name === 'Fault') return error;
  const where = describeUrl(url);
  const refusal = REFUSALS[code];
  if (refusal !== undefined) {
    return fault('store/credentials', {
      detail: `The database of DATABASE_URL (${where}) ${refusal}: ${message}. Correct DATABASE_URL, or create what it names.`,
      cause: error,
    });
  }
  return fault('store/unavailable', {
    detail: `The database of DATABASE_URL (${where}) cannot be reached: ${message || code}. Start it, or correct DATABASE_URL, or leave it out to use the embedded one.`,
    cause: error,
  });
}

/** The URL's parts that are no secret. */
function describeUrl(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  return `${username}@${hostname || 'localhost'}:${port || '5432'}${pathname}`;
}
