import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { MediaFiles } from '#libs/media';
import type { RetentionDefaults, WorkspaceId } from '#libs/model';
import type { Logger } from '#libs/observe';
import { Pump } from '#libs/queue';
import type { AuditLog, RetentionRules } from '#libs/store';

const EVERY_MS = 10 * 60_000;
/** Rows of a kind in one statement: others who write never wait for long. */
const AT_ONCE = 500;

/** Forgets what is past its time, in all workspaces. May run in many workers at once: they pass over each other's rows. */
export class RetentionSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #pump: Pump;
  #isStopping = false;

  constructor(
    private readonly rules: RetentionRules,
    private readonly workspaces: AuditLog,
    private readonly files: MediaFiles,
    private readonly defaults: RetentionDefaults,
    private readonly logger: Logger,
  ) {
    this.#pump = new Pump(() => this.sweep(), {
      sweepEveryMs: EVERY_MS,
      onError: (error) => this.logger.fault(error, { during: 'forgetting what is old' }),
    });
  }

  onApplicationBootstrap(): void {
    this.#pump.start();
    void this.#pump.poke();
  }

  beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    return this.#pump.stop();
  }

  /** One pass over everything. */
  async sweep(): Promise<void> {
    for (const workspaceId of await this.workspaces.workspaces()) {
      if (this.#isStopping) return;
      // Files first: their rows say where the bytes are.
      await this.#sweepFiles(workspaceId);
      await this.#sweepRows(workspaceId);
    }
  }

  async #sweepRows(workspaceId: WorkspaceId): Promise<void> {
    const total: Record<string, number> = {};
    for (let isMore = true; isMore && !this.#isStopping;) {
      const swept = Object.entries(await this.rules.sweep(workspaceId, AT_ONCE, this.defaults));
      for (const [kind, count] of swept) total[kind] = (total[kind] ?? 0) + count;
      isMore = swept.some(([, count]) => count === AT_ONCE);
    }
    if (Object.values(total).some((count) => count > 0)) {
      this.logger.info('What was past its time is forgotten.', { workspaceId, ...total });
    }
  }

  async #sweepFiles(workspaceId: WorkspaceId): Promise<void> {
    for (let isMore = true; isMore && !this.#isStopping;) {
      const old = await this.rules.oldFiles(workspaceId, AT_ONCE, this.defaults);
      for (const { sha256, isLonely } of old) {
        if (sha256 !== null && isLonely) await this.files.remove(workspaceId, sha256);
      }
      if (old.length > 0) {
        await this.rules.forgetFiles(
          workspaceId,
          old.map(({ mediaId }) => mediaId),
        );
      }
      isMore = old.length === AT_ONCE;
    }
  }
}
