import pg from 'pg';

/** What a pool is for; shown to an administrator in `pg_stat_activity`. */
export interface PoolOptions {
  url: string;
  /** Most connections. */
  max: number;
  /** `app` sees only the workspaces of its transaction; `owner` is the account of the address, for queue and migrations. */
  role: 'app' | 'owner';
  name: string;
}

/** How every connection of ours is opened, in a pool or not. */
export function connectionOptions({ url, role, name }: Omit<PoolOptions, 'max'>): pg.ClientConfig {
  const settings = [
    '-c TimeZone=UTC',
    '-c statement_timeout=15000',
    '-c idle_in_transaction_session_timeout=15000',
  ];
  const forRole = role === 'app' ? ['-c role=parley_app'] : ['-c search_path=bullmq,public'];
  return {
    connectionString: url,
    keepAlive: true,
    connectionTimeoutMillis: 2_000,
    options: [...settings, ...forRole].join(' '),
    application_name: `parley ${name}`,
  };
}

/** Just above the server's own limit: what says nothing for longer has no server behind it any more. */
const SILENCE_MS = 16_000;
const TIMED_OUT = 'Query read timeout';

/**
 * Opens a pool of connections lazily.
 *
 * Sessions run in UTC, because Prisma's adapter writes and reads instants without an offset. Role `app` takes the role
 * `parley_app`, under which row-level security holds even when the address names a superuser.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(options),
    max: options.max,
    query_timeout: SILENCE_MS,
    idleTimeoutMillis: 30_000,
  });
  pool.setMaxListeners(0);
  // A connection that breaks while idle is replaced; whoever needs one next sees the error if the server is away.
  pool.on('error', () => undefined);
  // The pool does not listen while somebody holds a connection, and not everybody who holds one does (BullMQ): an error
  // without a listener would end the process. The next statement of the holder fails anyway, and tells them.
  pool.on('connect', (client) => client.on('error', () => undefined));
  dropSilent(pool);
  return pool;
}

/**
 * Where one connection has fallen silent, those that idle have too, as a rule: a network that swallows packets tells
 * nobody. They are replaced at once, instead of costing the next callers a time-out each.
 */
function dropSilent(pool: pg.Pool): void {
  const idle = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => idle.delete(client));
  pool.on('remove', (client) => idle.delete(client));
  pool.on('release', (error: Error | undefined, client) => {
    if (!error) {
      idle.add(client);
    } else if (error.message === TIMED_OUT) {
      const silent = [...idle];
      idle.clear();
      // The pool takes an error of an idle client as its end.
      for (const one of silent) one.emit('error', new Error(TIMED_OUT));
    }
  });
}
