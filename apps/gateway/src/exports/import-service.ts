import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { readLines, readTar, type TarEntry } from '#libs/archive';
import type { GatewayConfig } from '#libs/config';
import { fault, isFault } from '#libs/faults';
import { MediaFiles } from '#libs/media';
import type { ImportReport, WorkspaceId } from '#libs/model';
import { Logger } from '#libs/observe';
import {
  type Actor,
  archivedTable,
  type ArchivedTable,
  FileKeys,
  WorkspaceArchive,
  type WorkspaceIntake,
} from '#libs/store';
import { Config } from '../config-token.js';

const FORMAT = 'parley-archive';
/** What goes to the database at once, in UTF-16 code units; never less than a row. */
const BATCH_MAX = 256 * 1024;
/** The longest line: a message, a trace or a definition of a bot, with room. */
const LINE_MAX = 32 * 1_048_576;
const MANIFEST_MAX = 4 * 1_048_576;

const Manifest = z.object({
  format: z.string(),
  version: z.number(),
  files: z.array(z.object({ name: z.string(), sha256: z.string() })),
});
type Manifest = z.infer<typeof Manifest>;

/** Takes archives in: all of one, or nothing. */
@Injectable()
export class ImportService {
  constructor(
    private readonly archive: WorkspaceArchive,
    private readonly files: MediaFiles,
    private readonly keys: FileKeys,
    private readonly logger: Logger,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /**
   * Fills a workspace from an archive as it comes in.
   *
   * @throws Fault `input/invalid` when it is no whole archive of ours; `state/conflict` when the workspace is not empty
   */
  async take(workspaceId: WorkspaceId, body: Readable, actor: Actor): Promise<ImportReport> {
    const gunzip = createGunzip();
    const taken: string[] = [];
    body.once('error', (error) => gunzip.destroy(error));
    body.once('aborted', () =>
      gunzip.destroy(fault('input/invalid', { detail: 'The archive ended too early.' })),
    );
    try {
      return await this.archive.write(workspaceId, actor, (intake) =>
        this.#takeAll(workspaceId, intake, body.pipe(gunzip), taken),
      );
    } catch (error) {
      await this.#forget(workspaceId, taken);
      const { code } = error as { code?: string };
      if (isFault(error)) throw error;
      if (code?.startsWith('Z_')) {
        throw fault('input/invalid', { detail: 'It is no gzipped archive.', cause: error });
      }
      if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR') {
        throw fault('input/invalid', { detail: 'The archive ended too early.', cause: error });
      }
      throw error;
    } finally {
      gunzip.destroy();
    }
  }

  async #takeAll(
    workspaceId: WorkspaceId,
    intake: WorkspaceIntake,
    source: AsyncIterable<Uint8Array>,
    taken: string[],
  ): Promise<ImportReport> {
    const report: ImportReport = { rows: {}, media: 0, left_out: [] };
    const hashes = new Map<string, string>();
    for await (const entry of readTar(source)) {
      if (entry.name === 'manifest.json') {
        requireWhole(manifestOf(await whole(entry, MANIFEST_MAX)), hashes);
        return report;
      }
      const hash = createHash('sha256');
      const table = tableOf(entry.name);
      if (table) report.rows[table.name] = await takeLines(intake, table, entry, hash);
      else if (entry.name.startsWith('media/')) {
        taken.push(await this.#takeFile(workspaceId, entry, hash));
        report.media++;
      } else {
        report.left_out.push(entry.name);
        for await (const piece of entry.content) hash.update(piece);
      }
      hashes.set(entry.name, hash.digest('hex'));
    }
    throw fault('input/invalid', { detail: 'The archive has no manifest: it is not whole.' });
  }

  async #takeFile(
    workspaceId: WorkspaceId,
    entry: TarEntry,
    hash: ReturnType<typeof createHash>,
  ): Promise<string> {
    const bytes = await whole(entry, this.config.media.bytesMax);
    hash.update(bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (entry.name !== `media/${sha256}`) {
      throw fault('input/invalid', { detail: `The file ${entry.name} is not what its name says.` });
    }
    await this.files.put(workspaceId, sha256, bytes, null);
    return sha256;
  }

  /** Takes away files whose rows were not taken. What remains after all, nobody can read: its key is gone. */
  async #forget(workspaceId: WorkspaceId, taken: readonly string[]): Promise<void> {
    try {
      const unused = await this.keys.destroyUnused(workspaceId, taken);
      for (const sha256 of unused) await this.files.remove(workspaceId, sha256);
    } catch (error) {
      this.logger.fault(error, { during: 'taking away the files of an import that failed' });
    }
  }
}

function tableOf(name: string): ArchivedTable | null {
  const [, table] = /^data\/([a-z_]+)\.jsonl$/.exec(name) ?? [];
  return table === undefined ? null : archivedTable(table);
}

async function takeLines(
  intake: WorkspaceIntake,
  table: ArchivedTable,
  { content }: TarEntry,
  hash: ReturnType<typeof createHash>,
): Promise<number> {
  let rows = 0;
  const options = {
    lineMax: LINE_MAX,
    batchMax: BATCH_MAX,
    onPiece: (piece: Uint8Array) => hash.update(piece),
  };
  for await (const lines of readLines(content, options)) {
    await intake.take(table, lines);
    rows += lines.length;
  }
  return rows;
}

async function whole({ sizeBytes, name, content }: TarEntry, max: number): Promise<Buffer> {
  if (sizeBytes > max) {
    throw fault('input/too-large', { detail: `${name} is larger than this installation takes.` });
  }
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** @throws Fault `input/invalid` when it is something else */
function manifestOf(bytes: Buffer): Manifest {
  let said: unknown;
  try {
    said = JSON.parse(bytes.toString());
  } catch {
    said = null;
  }
  const { success, data } = Manifest.safeParse(said);
  if (success) return data;
  throw fault('input/invalid', { detail: 'It is no archive of Parley: its manifest says something else.' });
}

/** @throws Fault `input/invalid` when something is missing, was added or was altered */
function requireWhole({ format, version, files }: Manifest, hashes: ReadonlyMap<string, string>): void {
  if (format !== FORMAT || version !== 1) {
    throw fault('input/invalid', { detail: 'It is no archive of Parley, or one of a later version.' });
  }
  const told = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  for (const name of new Set([...told.keys(), ...hashes.keys()])) {
    if (told.get(name) !== hashes.get(name)) {
      throw fault('input/invalid', { detail: `${name} is not what the manifest says.` });
    }
  }
}
