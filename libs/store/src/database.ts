import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { type MemberId, uuidOf, type WorkspaceId } from '#libs/model';
import { Prisma, PrismaClient } from '#prisma/client';
import { type CopiedRows, CopyOut, type WriteRow } from './archive/copy-out.js';
import { connectionOptions, createPool } from './pool.js';
import { storeFault } from './store-fault.js';

/** A Prisma client inside a transaction of one workspace. */
export type WorkspaceTransaction = Prisma.TransactionClient;

/** A connection of its own inside a transaction of one workspace, for work that takes minutes. */
export interface WorkspaceSession {
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /**
   * Rows of a `COPY … TO STDOUT`, as bytes; takes as long as whoever reads them. Ended early, the
   * transaction is lost.
   */
  copy(text: string, write?: WriteRow): AsyncGenerator<CopiedRows>;
}

export interface DatabaseOptions {
  url: string;
  poolMax: number;
  /** The process, for `pg_stat_activity`. */
  name: string;
}

/** The longest statement of a session, but for copies. */
const SESSION_STATEMENT = '10min';
/** A hot statement takes milliseconds; one that takes so long is on a connection that leads nowhere. */
const HOT_WITHIN_MS = 4_000;

/** Named statements that the server plans once per connection; past the cap, statements go unnamed. */
function statementNames(cap = 500): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= cap) return '';
    const name = `p${names.size}`;
    names.set(sql, name);
    return name;
  };
}

async function* copied(client: pg.Client, copy: CopyOut): AsyncGenerator<CopiedRows> {
  // How long it takes is up to who reads: a table of a hundred million rows takes hours.
  await client.query('set local statement_timeout = 0');
  yield* client.query(copy).blocks();
  await client.query(`set local statement_timeout = '${SESSION_STATEMENT}'`);
}

/**
 * The one way to PostgreSQL. Every statement runs as role `parley_app`; outside of `withWorkspace` and of the pipeline's
 * functions no row of any workspace is visible.
 */
export class Database {
  readonly #pool: pg.Pool;
  readonly #prisma: PrismaClient;

  constructor(private readonly options: DatabaseOptions) {
    this.#pool = createPool({ url: options.url, max: options.poolMax, role: 'app', name: options.name });
    this.#prisma = new PrismaClient({
      adapter: new PrismaPg(this.#pool, { statementNameGenerator: statementNames() }),
    });
  }

  /**
   * Runs work in one transaction that sees one workspace only.
   *
   * @throws Fault `store/unavailable` when the database cannot be reached; faults of the work pass through
   */
  withWorkspace<T>(workspaceId: WorkspaceId, work: (tx: WorkspaceTransaction) => Promise<T>): Promise<T> {
    return this.#seeing([workspaceId], null, work);
  }

  /**
   * Runs work in one transaction that sees one login, and the workspaces that are named besides.
   *
   * @throws Fault `store/unavailable` when the database cannot be reached; faults of the work pass through
   */
  withLogin<T>(
    memberId: MemberId,
    workspaceIds: readonly WorkspaceId[],
    work: (tx: WorkspaceTransaction) => Promise<T>,
  ): Promise<T> {
    return this.#seeing(workspaceIds, memberId, work);
  }

  async #seeing<T>(
    workspaceIds: readonly WorkspaceId[],
    memberId: MemberId | null,
    work: (tx: WorkspaceTransaction) => Promise<T>,
  ): Promise<T> {
    const workspaces = workspaceIds.map(uuidOf).join(',');
    const login = memberId === null ? '' : uuidOf(memberId);
    try {
      return await this.#prisma.$transaction(
        async (tx) => {
          await tx.$executeRaw`
            select set_config('parley.workspaces', ${workspaces}, true), set_config('parley.login', ${login}, true)`;
          return work(tx);
        },
        { maxWait: 5_000, timeout: 15_000 },
      );
    } catch (error) {
      throw storeFault(error);
    }
  }

  /**
   * Runs long work in one transaction that sees one workspace only, on a connection that is no pool's: `read` sees one
   * snapshot and writes nothing.
   *
   * @throws Fault `store/unavailable` when the database cannot be reached; faults of the work pass through
   */
  async inSession<T>(
    workspaceId: WorkspaceId,
    mode: 'read' | 'write',
    work: (session: WorkspaceSession) => Promise<T>,
  ): Promise<T> {
    const { url, name } = this.options;
    const client = new pg.Client(connectionOptions({ url, role: 'app', name: `${name} archive` }));
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(
        mode === 'read'
          ? 'begin isolation level repeatable read read only'
          : 'begin isolation level read committed',
      );
      await client.query(
        `set local statement_timeout = '${SESSION_STATEMENT}'; set local idle_in_transaction_session_timeout = '10min'; set local work_mem = '64MB'`,
      );
      await client.query(`select set_config('parley.workspaces', $1, true)`, [uuidOf(workspaceId)]);
      const done = await work({
        query: async <Row extends object>(text: string, values?: unknown[]) =>
          (await client.query<Row & pg.QueryResultRow>(text, values)).rows,
        copy: (text, write) => copied(client, new CopyOut(text, write)),
      });
      await client.query('commit');
      return done;
    } catch (error) {
      throw storeFault(error);
    } finally {
      // A transaction that is open ends with its connection.
      await client.end().catch(() => undefined);
    }
  }

  /** Facts of the installation, which belong to no workspace. */
  get instance(): PrismaClient['instance'] {
    return this.#prisma.instance;
  }

  /**
   * Runs one named statement on a connection of its own, as one transaction: the form of every hot path. After 4 s
   * without an answer its outcome counts as unknown, and the connection is given up.
   *
   * @param name  unique per text; the server keeps its plan under it
   * @throws Fault `store/unavailable`, `store/conflict`
   */
  async run<Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row[]> {
    const hot = { name, text, values, query_timeout: HOT_WITHIN_MS };
    try {
      return (await this.#pool.query<Row>(hot)).rows;
    } catch (error) {
      throw storeFault(error);
    }
  }

  /**
   * Whether the database answers, and the distance of its clock from ours in milliseconds.
   *
   * @throws Fault `store/unavailable`
   */
  async ping(): Promise<{ clockOffsetMs: number }> {
    const before = Date.now();
    const [row] = await this.run<{ ms: string }>(
      'ping',
      'select extract(epoch from clock_timestamp()) * 1000 as ms',
      [],
    );
    return { clockOffsetMs: Math.round(Number(row?.ms ?? before) - (before + Date.now()) / 2) };
  }

  /** Connections by state: for metrics. */
  get connections(): { total: number; idle: number; waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount };
  }

  /** Ends every connection once its statement is done. */
  async close(): Promise<void> {
    await this.#prisma.$disconnect();
    await this.#pool.end();
  }
}
