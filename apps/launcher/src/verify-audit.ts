import { readFileSync } from 'node:fs';
import { fault } from '#libs/faults';
import type { WorkspaceId } from '#libs/model';
import { type AuditAnchor, AuditLog, Database } from '#libs/store';
import { z } from 'zod';

const Line = z.object({ workspace: z.string(), lines: z.int().nonnegative(), head: z.string() });

/** What was found of one workspace; intact lines are also the anchors of a later check. */
export type AuditFinding =
  | { workspace: WorkspaceId; lines: number; head: string }
  | { workspace: WorkspaceId; broken_at: number; reason: string };

/**
 * Recomputes the audit log of every workspace.
 *
 * @param earlier  what an earlier check printed, one JSON object a line: shows too that nothing was cut off or written anew
 * @throws Fault `input/invalid` when `earlier` is something else
 */
export async function verifyAudit(url: string, earlier = ''): Promise<AuditFinding[]> {
  const anchors = anchorsOf(earlier);
  const database = new Database({ url, poolMax: 2, name: 'verify-audit' });
  try {
    const auditLog = new AuditLog(database);
    const findings: AuditFinding[] = [];
    for (const workspace of await auditLog.workspaces()) {
      const verdict = await auditLog.verify(workspace, anchors.get(workspace));
      findings.push(
        verdict.intact
          ? { workspace, lines: verdict.lines, head: verdict.head }
          : { workspace, broken_at: verdict.seq, reason: verdict.reason },
      );
    }
    return findings;
  } finally {
    await database.close();
  }
}

/** Reads what an earlier check printed. @throws Fault `input/invalid` */
export function readEarlier(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw fault('input/invalid', { detail: `Cannot read ${file}.`, cause });
  }
}

function anchorsOf(text: string): Map<string, AuditAnchor> {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return new Map(
    lines.map((line) => {
      const parsed = Line.safeParse(parsedJson(line));
      if (!parsed.success)
        throw fault('input/invalid', { detail: `It is no line of verify-audit: ${line.slice(0, 80)}` });
      const { workspace, ...anchor } = parsed.data;
      return [workspace, anchor];
    }),
  );
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
