import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ArchiveWriter } from '#libs/archive';
import { toFault } from '#libs/faults';
import type { ExportId, WorkspaceId } from '#libs/model';
import type { Logger } from '#libs/observe';
import { Pump } from '#libs/queue';
import type { Exports, OpenExport } from '#libs/store';
import { archiveFormat, type ArchiveSources, makeArchive } from './make-archive.js';

export interface ExportRunnerOptions {
  /** The name of this incarnation: what it claimed, only it may finish. */
  worker: string;
  leaseMs: number;
  sweepEveryMs: number;
  /** Absolute; shared by all processes. */
  folder: string;
}

/** A making that failed is tried again so much later. */
const RETRY_MS = 30_000;

/** Where an archive lies, under the folder of all. */
export const archivePath = (folder: string, workspaceId: WorkspaceId, exportId: ExportId): string =>
  path.join(folder, workspaceId, `${exportId}.tar.gz`);

/** Makes archives, one at a time on this worker, and takes away those whose time is over. */
export class ExportRunner {
  readonly #pump: Pump;
  readonly #stopping = new AbortController();

  constructor(
    private readonly exports: Exports,
    private readonly sources: ArchiveSources,
    private readonly options: ExportRunnerOptions,
    private readonly logger: Logger,
  ) {
    this.#pump = new Pump(() => this.#pass(), {
      sweepEveryMs: options.sweepEveryMs,
      onError: (error) => logger.fault(error, { loop: 'exports' }),
    });
  }

  start(): void {
    this.#pump.start();
  }

  /** Gives up the archive under way: another worker begins it anew. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.#pump.stop();
  }

  async #pass(): Promise<void> {
    const { worker, leaseMs } = this.options;
    const open = await this.exports.open(worker, leaseMs);
    if (!open) return;
    void this.#pump.poke();
    if (open.what === 'expire') return this.#expire(open);
    const keeping = setInterval(
      () => void this.exports.renew(worker, open, leaseMs).catch(() => undefined),
      leaseMs / 3,
    );
    try {
      await this.#make(open);
    } finally {
      clearInterval(keeping);
    }
  }

  async #make(open: OpenExport): Promise<void> {
    const { worker, folder } = this.options;
    const { signal } = this.#stopping;
    const writer = await ArchiveWriter.open(archivePath(folder, open.workspaceId, open.exportId), signal);
    try {
      const { missing } = await makeArchive(open.workspaceId, this.sources, writer, open.hasMedia);
      const made = await writer.close({ ...archiveFormat, workspace_id: open.workspaceId, missing });
      await this.exports.finish(worker, open, { ...made, files: writer.files });
    } catch (error) {
      await writer.abandon();
      if (signal.aborted) return void (await this.exports.retry(worker, open, 0));
      this.logger.fault(error, { during: 'making an archive' });
      const { code } = toFault(error);
      if (code === 'store/unavailable') await this.exports.retry(worker, open, RETRY_MS);
      else await this.exports.fail(worker, open, `It could not be made: ${code}.`);
    }
  }

  async #expire(open: OpenExport): Promise<void> {
    await rm(archivePath(this.options.folder, open.workspaceId, open.exportId), { force: true });
    await this.exports.expired(this.options.worker, open);
  }
}
