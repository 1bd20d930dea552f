import pg from 'pg';

const RECONNECT_FIRST_MS = 100;
const RECONNECT_MAX_MS = 2_000;
const PROBE_EVERY_MS = 2_000;

/**
 * Hears PostgreSQL's NOTIFY on a connection of its own, and connects again whenever that one dies, also when it dies
 * without a word. What is said while it is away is not heard: listeners look into the tables besides.
 *
 * @see https://www.postgresql.org/docs/18/sql-notify.html (read 2026-11-21): a payload has less than 8000 bytes
 */
export class Listener {
  #client: pg.Client | undefined;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param hear  called with each payload; must not throw */
  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly hear: (payload: string) => void,
  ) {}

  /** Begins to listen; connecting goes on in the background until it works. */
  start(): void {
    void this.#connect(RECONNECT_FIRST_MS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  async #connect(nextDelayMs: number): Promise<void> {
    if (this.#isClosed) return;
    const client = new pg.Client({
      connectionString: this.url,
      keepAlive: true,
      connectionTimeoutMillis: 2_000,
      query_timeout: 2_000,
      application_name: 'parley bell',
    });
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(this.#timer);
      void client.end().catch(() => undefined);
      if (this.#isClosed) return;
      this.#timer = setTimeout(
        () => void this.#connect(Math.min(nextDelayMs * 2, RECONNECT_MAX_MS)),
        nextDelayMs,
      );
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', ({ payload }) => this.hear(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(this.channel)}`);
      this.#client = client;
      nextDelayMs = RECONNECT_FIRST_MS;
      this.#probe(client, again);
    } catch {
      again();
    }
  }

  /** A connection that was cut half-way looks alive for minutes; asking it something shows that it is dead. */
  #probe(client: pg.Client, again: () => void): void {
    this.#timer = setTimeout(() => {
      client.query('select 1').then(() => this.#probe(client, again), again);
    }, PROBE_EVERY_MS);
  }
}
