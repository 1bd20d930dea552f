import { type ArchiveWriter, type TextPiece, writeCsv } from '#libs/archive';
import type { MediaFiles } from '#libs/media';
import { AnalyticsQuery, AnalyticsReportName, type WorkspaceId } from '#libs/model';
import {
  type Analytics,
  archivedTables,
  type Sheet,
  sheetNames,
  sheets,
  type WorkspaceArchive,
  type WorkspaceSnapshot,
} from '#libs/store';

/** Of what an archive is made. */
export interface ArchiveSources {
  archive: WorkspaceArchive;
  analytics: Analytics;
  files: MediaFiles;
}

/** The format of an archive, and its version. */
export const archiveFormat = { format: 'parley-archive', version: 1 } as const;

/**
 * Writes everything of a workspace, from one snapshot: a file of JSON lines per table under `data/`, tables for people
 * under `csv/`, and the bytes of files under `media/`. Memory holds some hundred kilobytes of rows.
 */
export async function makeArchive(
  workspaceId: WorkspaceId,
  { archive, analytics, files }: ArchiveSources,
  writer: ArchiveWriter,
  hasMedia: boolean,
): Promise<{ missing: string[] }> {
  const missing: string[] = [];
  await archive.read(workspaceId, async (snapshot) => {
    for (const table of archivedTables) {
      await writer.addText(`data/${table.name}.jsonl`, snapshot.lines(table));
    }
    await writer.addText('data/audit.jsonl', snapshot.audit());
    for (const sheet of sheets)
      await writer.addText(`csv/${sheet.name}.csv`, withNames(sheet, snapshot.sheet(sheet)));
    if (hasMedia) missing.push(...(await addMedia(snapshot, workspaceId, files, writer)));
  });
  for (const name of AnalyticsReportName.options) {
    await writer.addText(`csv/analytics/${name}.csv`, reportOf(analytics, workspaceId, name));
  }
  return { missing };
}

async function* withNames(sheet: Sheet, rows: AsyncIterable<TextPiece>): AsyncGenerator<TextPiece> {
  yield { text: writeCsv(sheetNames(sheet), []), rows: 0 };
  yield* rows;
}

/** Counted by month, over the ten years that a report covers. */
async function* reportOf(
  analytics: Analytics,
  workspaceId: WorkspaceId,
  name: AnalyticsReportName,
): AsyncGenerator<TextPiece> {
  const now = Date.now();
  const from = new Date(now - 3_650 * 86_400_000).toISOString();
  const query = AnalyticsQuery.parse({ from, to: new Date(now).toISOString(), interval: 'month' });
  const { values, data } = await analytics.report(workspaceId, name, query);
  const rows = data.map((row) => [
    row.start,
    row.group,
    row.group_name,
    ...values.map((value) => row.values[value] ?? null),
  ]);
  yield { text: writeCsv(['start', 'group', 'group_name', ...values], rows), rows: rows.length };
}

/** @returns hashes of files whose bytes are not kept any more */
async function addMedia(
  snapshot: WorkspaceSnapshot,
  workspaceId: WorkspaceId,
  files: MediaFiles,
  writer: ArchiveWriter,
): Promise<string[]> {
  const missing: string[] = [];
  for (const sha256 of await snapshot.files()) {
    // One file is at most PARLEY_MEDIA_MAX: it fits into memory as it did when it came.
    const bytes = await files.read(workspaceId, sha256).catch(() => null);
    if (bytes) await writer.addBytes(`media/${sha256}`, bytes.byteLength, once(bytes), sha256);
    else missing.push(sha256);
  }
  return missing;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
