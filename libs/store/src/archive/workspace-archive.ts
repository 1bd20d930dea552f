import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { idOf, uuidOf, type WorkspaceId } from '#libs/model';
import { Database, type WorkspaceSession } from '../database.js';
import { type Actor, appendAudit } from '../repositories/audit-log.js';
import { triggerSecretPlace } from '../repositories/triggers.js';
import { webhookSecretPlace } from '../repositories/webhook-endpoints.js';
import { Sealer } from '../sealing/sealer.js';
import { archivedLine, type ArchivedTable, archivedTables } from './tables.js';

/** Rows in one piece: some megabytes at most, as a rule. */
const ROWS_AT_ONCE = 1_000;

/** Everything of a workspace at one instant, while others go on writing. */
export interface WorkspaceSnapshot {
  /** Lines of JSON, in pieces of up to a thousand. */
  lines(table: ArchivedTable): AsyncGenerator<string[]>;
  /** Lines of the audit log, as they are read and checked. */
  audit(): AsyncGenerator<string[]>;
  /** Hashes of the files whose bytes are stored, each once, in order. */
  files(): Promise<string[]>;
}

/** Takes rows in, table by table; nothing of it is seen before all of it is. */
export interface WorkspaceIntake {
  /** Takes lines of a table, in the order of `archivedTables`. */
  take(table: ArchivedTable, lines: readonly string[]): Promise<void>;
}

/** Reads and writes whole workspaces. */
@Injectable()
export class WorkspaceArchive {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /** Reads a workspace in one snapshot, on a connection of its own. */
  async read<T>(workspaceId: WorkspaceId, work: (snapshot: WorkspaceSnapshot) => Promise<T>): Promise<T> {
    return this.database.inSession(workspaceId, 'read', (session) =>
      work({
        lines: (table) => linesOf(session, workspaceId, table),
        audit: () =>
          linesOf(session, workspaceId, {
            name: 'audit',
            leaves: ['previous', 'hash'],
            sets: { previous: `encode(t.previous, 'hex')`, hash: `encode(t.hash, 'hex')` },
            order: 'seq',
          }),
        files: () => filesOf(session, workspaceId),
      }),
    );
  }

  /**
   * Fills a workspace that has no contacts and no conversations: all of it, or nothing when the work throws.
   *
   * Channels come paused and without secrets, endpoints and triggers disabled and with fresh secrets.
   *
   * @throws Fault `state/conflict` when the workspace is not empty, or something of it is here already
   */
  async write<T>(
    workspaceId: WorkspaceId,
    actor: Actor,
    work: (intake: WorkspaceIntake) => Promise<T>,
  ): Promise<T> {
    const columns = new Map<string, Set<string>>();
    const done = await this.database.inSession(workspaceId, 'write', async (session) => {
      await session.query(`select set_config('parley.importing', 'on', true)`);
      await session.query('select 1 from workspace where id = $1 for update', [uuidOf(workspaceId)]);
      await requireEmpty(session, workspaceId);
      const known = await session.query<{ name: string; columns: string[] }>(
        `select table_name as name, array_agg(column_name::text) as columns from information_schema.columns
          where table_schema = 'public' group by 1`,
      );
      for (const one of known) columns.set(one.name, new Set(one.columns));
      return work({
        take: async (table, lines) => {
          const whole = await this.#withSecrets(workspaceId, table, lines);
          await insert(session, workspaceId, table, whole, columns.get(table.name) ?? new Set());
        },
      });
    });
    await this.database.withWorkspace(workspaceId, (tx) =>
      appendAudit(tx, workspaceId, { actor, action: 'workspace.import', target: workspaceId }),
    );
    return done;
  }

  async #withSecrets(
    workspaceId: WorkspaceId,
    { name }: ArchivedTable,
    lines: readonly string[],
  ): Promise<readonly string[]> {
    if (name !== 'webhook_endpoint' && name !== 'inbound_trigger') return lines;
    return Promise.all(
      lines.map(async (line) => {
        const row = JSON.parse(line) as { id: string };
        const place =
          name === 'webhook_endpoint'
            ? webhookSecretPlace(idOf('webhookEndpoint', row.id))
            : triggerSecretPlace(idOf('trigger', row.id));
        const fresh = `whsec_${randomBytes(32).toString('base64')}`;
        return JSON.stringify({ ...row, secret: await this.sealer.seal(workspaceId, place, fresh) });
      }),
    );
  }
}

/** The table of an archive by its name; null for one that no archive holds. */
export function archivedTable(name: string): ArchivedTable | null {
  return archivedTables.find((table) => table.name === name) ?? null;
}

async function* linesOf(
  session: WorkspaceSession,
  workspaceId: WorkspaceId,
  table: ArchivedTable,
): AsyncGenerator<string[]> {
  await session.query(
    `declare archived no scroll cursor for
       select ${archivedLine(table)} as line from ${table.name} t where t.workspace_id = '${uuidOf(workspaceId)}' order by ${table.order}`,
  );
  for (;;) {
    const rows = await session.query<{ line: string }>(`fetch ${ROWS_AT_ONCE} from archived`);
    if (rows.length > 0) yield rows.map(({ line }) => line);
    if (rows.length < ROWS_AT_ONCE) break;
  }
  await session.query('close archived');
}

async function filesOf(session: WorkspaceSession, workspaceId: WorkspaceId): Promise<string[]> {
  const rows = await session.query<{ sha256: string }>(
    `select m.sha256 from media m where m.workspace_id = $1 and m.sha256 is not null
     union select s.file_sha256 from knowledge_source s where s.workspace_id = $1 and s.file_sha256 is not null
     order by 1`,
    [uuidOf(workspaceId)],
  );
  return rows.map(({ sha256 }) => sha256);
}

async function requireEmpty(session: WorkspaceSession, workspaceId: WorkspaceId): Promise<void> {
  const [found] = await session.query<{ full: boolean }>(
    `select exists (select from contact where workspace_id = $1)
         or exists (select from conversation where workspace_id = $1) as full`,
    [uuidOf(workspaceId)],
  );
  if (found?.full) {
    throw fault('state/conflict', {
      detail: 'The workspace has contacts or conversations already: import into a fresh one.',
    });
  }
}

async function insert(
  session: WorkspaceSession,
  workspaceId: WorkspaceId,
  { name }: ArchivedTable,
  lines: readonly string[],
  known: ReadonlySet<string>,
): Promise<void> {
  const [first] = lines;
  if (first === undefined) return;
  const columns = ['workspace_id', ...Object.keys(JSON.parse(first) as object)];
  const foreign = columns.find((column) => !known.has(column));
  if (foreign !== undefined) {
    throw fault('input/invalid', { detail: `Table ${name} of this installation has no column ${foreign}.` });
  }
  const list = columns.map((column) => `"${column}"`).join(', ');
  const workspace = `{"workspace_id":"${uuidOf(workspaceId)}",`;
  const rows = `[${lines.map((line) => workspace + line.slice(1)).join(',')}]`;
  try {
    await session.query(
      `insert into ${name} (${list}) select ${list} from json_populate_recordset(null::${name}, $1::json)`,
      [rows],
    );
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === '23505') {
      throw fault('state/conflict', {
        detail: `Something of table ${name} is here already: an archive is taken into another installation, and once.`,
        cause,
      });
    }
    // Class 22 and 23: what stands in the archive cannot be rows of these tables.
    if (code?.startsWith('22') || code?.startsWith('23')) {
      throw fault('input/invalid', { detail: `The rows of table ${name} cannot be taken.`, cause });
    }
    throw cause;
  }
}
