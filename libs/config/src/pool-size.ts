/** What a process does with its database. */
export interface PoolUse {
  /** Connections held all the time for LISTEN: one per BullMQ worker on PostgreSQL, one for the event log. */
  readonly listeners: number;
  /** Units of work that want a connection in the same moment. */
  readonly concurrency: number;
}

/** Kept free for sweepers, health checks and metrics, so that full load does not make the process look dead. */
const SPARE = 5;

/**
 * How many connections a process needs: listeners + concurrency + 5.
 *
 * A pool not larger than its listeners hangs every query for ever; one larger than this only moves the waiting
 * from the pool into the server.
 *
 * @returns connections, at least 6
 */
export function poolSize({ listeners, concurrency }: PoolUse): number {
  return Math.max(1, listeners + concurrency) + SPARE;
}

/** Connections of one process to PostgreSQL. */
export interface Pools {
  /** For the rows: requests, turns, deliveries. */
  readonly database: number;
  /** For the queue where it lives in PostgreSQL: it runs as another role, so it has a pool of its own. */
  readonly queue: number;
}

/** Wake-ups that are rung in the same moment. */
const RINGING = 4;
/** Every queue's worker keeps a connection to listen; so many queues a worker process serves at most. */
const QUEUES = 5;

/**
 * The gateway: one listener for the event log, and 24 requests that touch the database in the same moment. More
 * requests than that wait in the pool for a few milliseconds, which costs nothing but their order.
 */
export function gatewayPools(): Pools {
  return {
    database: poolSize({ listeners: 1, concurrency: 24 }),
    queue: poolSize({ listeners: 0, concurrency: RINGING }),
  };
}

/**
 * The worker: one listener for the event log, and a quarter of its turns and sends. A turn or a send holds a
 * connection only while it claims and while it commits, never while it waits for a bot or a provider, so far fewer
 * than all of them want one in the same moment.
 *
 * @param turns  turns at the same time
 * @param sends  deliveries at the same time
 */
export function workerPools(turns: number, sends: number): Pools {
  return {
    database: poolSize({ listeners: 1, concurrency: Math.max(8, Math.ceil((turns + sends) / 4)) }),
    queue: poolSize({ listeners: QUEUES, concurrency: RINGING }),
  };
}
