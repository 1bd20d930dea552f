import { Client } from 'pg';

const CONNECT_TIMEOUT_MS = 10_000;

/** What waits for a worker. */
export interface Waiting {
  /** `mailbox`: messages that came in; `delivery`: parts that go out; `webhook`: events for other systems. */
  readonly kind: 'mailbox' | 'delivery' | 'webhook';
  /** How many are due now, at most 1,000: more are not counted. */
  readonly count: number;
  /** Seconds since the oldest of them was due; 0 when none is. */
  readonly oldestSeconds: number;
}

/** How a database is, for whoever runs it. */
export interface DatabaseLook {
  /** For example `18.4`. */
  readonly version: string;
  /** Round trip of an empty statement in milliseconds: the quickest of five. */
  readonly latencyMs: number;
  /** How far its clock is ahead of this machine's, in milliseconds. */
  readonly clockAheadMs: number;
  readonly encoding: string;
  /** Settings that decide whether what is committed survives a crash: `on`, `off` and others. */
  readonly durability: Readonly<Record<'fsync' | 'full_page_writes' | 'synchronous_commit', string>>;
  readonly connectionsMax: number;
  readonly connectionsUsed: number;
  readonly sizeBytes: number;
  /** Empty while the migrations are missing. */
  readonly waiting: readonly Waiting[];
}

/**
 * Looks at a database without changing it.
 *
 * @param url  connection URL of an account that may become `parley_dispatch`, as every account of ours may
 * @throws Error of the driver when it cannot be reached: `checkDatabase` says it in words
 */
export async function lookAtDatabase(url: string): Promise<DatabaseLook> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { latencyMs, clockAheadMs } = await clockOf(client);
    const { rows } = await client.query<Omit<DatabaseLook, 'latencyMs' | 'clockAheadMs' | 'waiting'>>(facts);
    return { ...rows[0]!, latencyMs, clockAheadMs, waiting: await waitingIn(client) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

const facts = `
  select split_part(current_setting('server_version'), ' ', 1) as version,
    current_setting('server_encoding') as encoding,
    json_build_object('fsync', current_setting('fsync'),
      'full_page_writes', current_setting('full_page_writes'),
      'synchronous_commit', current_setting('synchronous_commit')) as durability,
    current_setting('max_connections')::int as "connectionsMax",
    (select sum(numbackends)::int from pg_stat_database) as "connectionsUsed",
    pg_database_size(current_database())::float8 as "sizeBytes"`;

/** The quickest of five round trips says most about the clock: half of it is the way there. */
async function clockOf(client: Client): Promise<{ latencyMs: number; clockAheadMs: number }> {
  const looks: { latencyMs: number; clockAheadMs: number }[] = [];
  for (let round = 0; round < 5; round++) {
    const [began, beganAt] = [performance.now(), Date.now()];
    const { rows } = await client.query<{ now: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as now',
    );
    const latencyMs = performance.now() - began;
    looks.push({ latencyMs, clockAheadMs: (rows[0]?.now ?? 0) - (beganAt + latencyMs / 2) });
  }
  return looks.toSorted((a, b) => a.latencyMs - b.latencyMs)[0]!;
}

/** As the dispatcher sees it: whose turn it is, never what was said. */
async function waitingIn(client: Client): Promise<Waiting[]> {
  const { rows: found } = await client.query("select to_regclass('public.webhook_delivery') as name");
  if ((found[0] as { name: string | null }).name === null) return [];
  await client.query('begin read only; set local role parley_dispatch; set local search_path = public');
  try {
    const kinds = [
      ['mailbox', 'mailbox', 'true'],
      ['delivery', 'delivery', "status = 'queued'"],
      ['webhook', 'webhook_delivery', 'leased_by is null'],
    ] as const;
    const looks: Waiting[] = [];
    for (const [kind, table, only] of kinds) {
      const { rows } = await client.query<Omit<Waiting, 'kind'>>(
        `select count(*)::int as count, coalesce(extract(epoch from now() - min(due_at)), 0)::float8 as "oldestSeconds"
         from (select due_at from ${table} where due_at <= now() and ${only} order by due_at limit 1000) due`,
      );
      looks.push({ kind, ...rows[0]! });
    }
    return looks;
  } finally {
    await client.query('rollback');
  }
}
