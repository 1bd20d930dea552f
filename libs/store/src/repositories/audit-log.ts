import { Injectable } from '@nestjs/common';
import { type AuditLine, idOf, type JsonObject, uuidOf, type WorkspaceId } from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import { auditGenesis, auditHash } from './audit-hash.js';
import { afterSeq, fingerprint, type PageOf, pageOf, type PageRequest } from './cursor.js';

/** Who does something: `system`, or a kind and an id, for example `api_key:key_…`. */
export type Actor = 'system' | `${'api_key' | 'oauth_client' | 'member' | 'session'}:${string}`;

/** What is written into the audit log. */
export interface AuditEntry {
  actor: Actor;
  /** `thing.verb`, for example `channel.update`. */
  action: string;
  /** The id of what it was done to. */
  target: string;
  /** Plain facts; never a secret or what people wrote. */
  data?: JsonObject;
}

/** How far a chain was at an earlier time: what a check printed then. */
export interface AuditAnchor {
  lines: number;
  /** Hash of the last line, in hexadecimal. */
  head: string;
}

/** What a check of the chain found. */
export type AuditVerdict =
  { intact: true; lines: number; head: string } | { intact: false; seq: number; reason: string };

const PAGE = 1_000;

/** Every change of configuration of a workspace, as a chain of hashes: the role of the app may add lines and nothing else. */
@Injectable()
export class AuditLog {
  constructor(private readonly database: Database) {}

  /** Adds a line in the caller's transaction: it stands exactly when the change stands. */
  append(tx: WorkspaceTransaction, workspaceId: WorkspaceId, entry: AuditEntry): Promise<void> {
    return appendAudit(tx, workspaceId, entry);
  }

  /** Adds a line about something that changed nothing: a read. */
  async record(workspaceId: WorkspaceId, entry: AuditEntry): Promise<void> {
    await this.database.withWorkspace(workspaceId, (tx) => appendAudit(tx, workspaceId, entry));
  }

  /** The workspaces of the installation, whose logs can be checked. */
  async workspaces(): Promise<WorkspaceId[]> {
    const rows = await this.database.run<{ id: string }>('workspace-ids', 'select workspace_ids() as id', []);
    return rows.map(({ id }) => idOf('workspace', id));
  }

  /**
   * Lines by their number.
   *
   * @param filter  whole values
   * @throws Fault `input/invalid-cursor`
   */
  async list(
    workspaceId: WorkspaceId,
    page: PageRequest,
    filter: { actor?: string | undefined; action?: string | undefined; target?: string | undefined } = {},
  ): Promise<PageOf<AuditLine>> {
    const { actor, action, target } = filter;
    const list = `audit:${fingerprint([actor ?? '', action ?? '', target ?? ''])}`;
    const after = afterSeq(list, page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.audit.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          ...(actor !== undefined && { actor }),
          ...(action !== undefined && { action }),
          ...(target !== undefined && { target }),
          ...(after !== null && { seq: page.order === 'asc' ? { gt: after } : { lt: after } }),
        },
        orderBy: { seq: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf(
      list,
      page,
      rows,
      ({ seq }) => String(seq),
      (row) => ({
        seq: row.seq,
        at: row.at.toISOString(),
        actor: row.actor,
        action: row.action,
        target: row.target,
        data: row.data as JsonObject,
        hash: hex(row.hash),
      }),
    );
  }

  /**
   * Recomputes the whole chain of a workspace.
   *
   * Finds every altered, removed, added or exchanged line. That the newest ones were removed, or that the whole chain was
   * written anew, only an anchor shows that was kept elsewhere.
   *
   * @param anchor  of an earlier check
   */
  async verify(workspaceId: WorkspaceId, anchor?: AuditAnchor): Promise<AuditVerdict> {
    let previous: Uint8Array = auditGenesis;
    let seen = 0;
    for (;;) {
      const rows = await this.database.withWorkspace(workspaceId, (tx) =>
        tx.audit.findMany({ where: { seq: { gt: seen } }, orderBy: { seq: 'asc' }, take: PAGE }),
      );
      for (const row of rows) {
        const line = { ...row, at: row.at.toISOString(), data: row.data as JsonObject };
        const problem = faultOf({ ...line, seq: row.seq }, seen, previous, uuidOf(workspaceId));
        if (problem !== null) return { intact: false, seq: row.seq, reason: problem };
        previous = row.hash;
        seen = row.seq;
        if (seen === anchor?.lines && hex(previous) !== anchor.head) {
          return { intact: false, seq: seen, reason: 'it is not the line that an earlier check saw' };
        }
      }
      if (rows.length === PAGE) continue;
      if (anchor && seen < anchor.lines) {
        return { intact: false, seq: seen + 1, reason: 'it was there at an earlier check, and is missing' };
      }
      return { intact: true, lines: seen, head: hex(previous) };
    }
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

interface ChainedLine {
  seq: number;
  at: string;
  actor: string;
  action: string;
  target: string;
  data: JsonObject;
  previous: Uint8Array;
  hash: Uint8Array;
}

function faultOf(line: ChainedLine, seen: number, previous: Uint8Array, workspace: string): string | null {
  const { seq, at, actor, action, target, data } = line;
  if (seq !== seen + 1) return 'a line before it is missing';
  if (!Buffer.from(previous).equals(line.previous)) return 'it does not follow the line before it';
  const hash = auditHash(previous, workspace, { seq, at, actor, action, target, data });
  return hash.equals(line.hash) ? null : 'it was altered';
}

/** Adds a line to the chain of a workspace; the lines of one workspace wait for each other until their commits. */
export async function appendAudit(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  entry: AuditEntry,
): Promise<void> {
  const workspace = uuidOf(workspaceId);
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`audit:${workspace}`}, 0))`;
  const [row] = await tx.$queryRaw<{ seq: number | null; hash: Uint8Array | null; at: Date }[]>`
    select a.seq, a.hash, date_trunc('milliseconds', clock_timestamp()) as at
      from (select 1) as one left join audit a on a.workspace_id = ${workspace}::uuid
     order by a.seq desc nulls last limit 1`;
  const previous = row?.hash ?? auditGenesis;
  const at = row?.at ?? new Date();
  const { actor, action, target, data = {} } = entry;
  const line = { seq: (row?.seq ?? 0) + 1, at: at.toISOString(), actor, action, target, data };
  await tx.audit.create({
    data: {
      ...line,
      workspaceId: workspace,
      at,
      data,
      previous: Uint8Array.from(previous),
      hash: Uint8Array.from(auditHash(previous, workspace, line)),
    },
  });
}
