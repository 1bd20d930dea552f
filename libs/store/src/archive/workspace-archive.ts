import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { idOf, idPrefixes, uuidOf, type WorkspaceId } from '#libs/model';
import { Database, type WorkspaceSession } from '../database.js';
import { type Actor, appendAudit } from '../repositories/audit-log.js';
import { triggerSecretPlace } from '../repositories/triggers.js';
import { webhookSecretPlace } from '../repositories/webhook-endpoints.js';
import { Sealer } from '../sealing/sealer.js';
import type { CopiedRows } from './copy-out.js';
import { type Sheet, sheetCopy, writeSheetRow } from './sheets.js';
import { archivedLine, type ArchivedTable, archivedTables } from './tables.js';

const audit: ArchivedTable = {
  name: 'audit',
  leaves: ['previous', 'hash'],
  sets: { previous: `encode(t.previous, 'hex')`, hash: `encode(t.hash, 'hex')` },
  order: 'seq',
};

/** Everything of a workspace at one instant, while others go on writing. */
export interface WorkspaceSnapshot {
  /** Lines of JSON. */
  lines(table: ArchivedTable): AsyncGenerator<CopiedRows>;
  /** Lines of the audit log, as they are read and checked. */
  audit(): AsyncGenerator<CopiedRows>;
  /** Rows of CSV, without the line of names; RFC 4180. */
  sheet(sheet: Sheet): AsyncGenerator<CopiedRows>;
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
        lines: (table) => session.copy(copyOf(workspaceId, table)),
        sheet: (sheet) => {
          const prefixes = Object.values(sheet.ids).map((kind) => Buffer.from(`${idPrefixes[kind]}_`));
          return session.copy(sheetCopy(uuidOf(workspaceId), sheet), (row, to, start) =>
            writeSheetRow(prefixes, row, to, start),
          );
        },
        audit: () => session.copy(copyOf(workspaceId, audit)),
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
      // Not `for update`: rows of others that refer to the workspace, as the request log's, would wait for the import, and
      // so would our own, such as the key of a file.
      await session.query('select 1 from workspace where id = $1 for no key update', [uuidOf(workspaceId)]);
      await requireEmpty(session, workspaceId);
      const known = await session.query<{ name: string; columns: string[] }>(
        `select table_name as name, array_agg(column_name::text) as columns from information_schema.columns
          where table_schema = 'public' group by 1`,
      );
      for (const one of known) columns.set(one.name, new Set(one.columns));
      return work({
        take: async (table, lines) => {
          const [first] = lines;
          if (first === undefined) return;
          const given = givenColumns(table, first, columns.get(table.name) ?? new Set());
          const whole = await this.#withSecrets(workspaceId, table, lines);
          await insert(session, workspaceId, table, whole, given);
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
    if (madeHere[name] === undefined) return lines;
    return Promise.all(
      lines.map(async (line) => {
        const row = parsedRow(name, line) as { id: string };
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

/**
 * Lines of JSON, as bytes. As CSV of one column whose quote and delimiter never occur, a line is what it is: JSON holds no
 * control character.
 */
function copyOf(workspaceId: WorkspaceId, table: ArchivedTable): string {
  return `copy (select ${archivedLine(table)} from ${table.name} t
      where t.workspace_id = '${uuidOf(workspaceId)}' order by ${table.order})
    to stdout (format csv, delimiter E'\\x01', quote E'\\x02', escape E'\\x02')`;
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

/**
 * The columns that rows of an archive fill.
 *
 * @throws Fault `input/invalid` when the archive brings one that is not here, or one that no archive of ours holds
 */
function givenColumns(
  { name, leaves = [] }: ArchivedTable,
  line: string,
  known: ReadonlySet<string>,
): string[] {
  const given = Object.keys(parsedRow(name, line));
  const isOurs = (column: string): boolean =>
    known.has(column) && column !== 'workspace_id' && !leaves.includes(column);
  const foreign = given.find((column) => !isOurs(column));
  if (foreign === undefined) return given;
  throw fault('input/invalid', { detail: `Table ${name} of this installation takes no column ${foreign}.` });
}

/** Columns that are made here, because no archive holds them. */
const madeHere: Readonly<Record<string, string>> = { webhook_endpoint: 'secret', inbound_trigger: 'secret' };

async function insert(
  session: WorkspaceSession,
  workspaceId: WorkspaceId,
  { name, sets = {} }: ArchivedTable,
  lines: readonly string[],
  given: readonly string[],
): Promise<void> {
  const made = madeHere[name];
  const columns = [...new Set(['workspace_id', ...given, ...Object.keys(sets), ...(made ? [made] : [])])];
  const list = columns.map((column) => `"${column}"`).join(', ');
  // What makes a copy harmless is done again: an archive may come from anybody.
  const values = columns.map((column) => sets[column] ?? `t."${column}"`).join(', ');
  const workspace = `{"workspace_id":"${uuidOf(workspaceId)}",`;
  const rows = `[${lines.map((line) => workspace + line.slice(1)).join(',')}]`;
  try {
    await session.query(
      `insert into ${name} (${list}) select ${values} from json_populate_recordset(null::${name}, $1::json) t`,
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
    // Class 22 and 23: what stands in the archive cannot be rows of these tables; 42501: of this workspace.
    if (code?.startsWith('22') || code?.startsWith('23') || code === '42501') {
      throw fault('input/invalid', { detail: `The rows of table ${name} cannot be taken.`, cause });
    }
    throw cause;
  }
}

/** @throws Fault `input/invalid` when a line is no JSON object */
function parsedRow(table: string, line: string): object {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    row = null;
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row;
  throw fault('input/invalid', { detail: `A line of table ${table} is no JSON object.` });
}
