import type { Queue } from 'bullmq';
import type { FastifyPluginCallback } from 'fastify';

/** One board: where it stands, and whether it changes anything. */
export interface QueueBoardOptions {
  /** Path without a slash at the end. */
  basePath: string;
  /** It shows, and refuses every change. */
  isReadOnly: boolean;
}

/** Bull Board over the queues of the installation, as plugins of Fastify. Whoever mounts one guards it. */
export class QueueBoards {
  constructor(private readonly queues: readonly Queue[]) {}

  /**
   * Makes a board. Its page is not its own: that one asks a stranger for fonts, so whoever mounts it gives it another.
   *
   * @returns the plugin, and what its page must hold for its scripts (JSON)
   */
  async make({
    basePath,
    isReadOnly,
  }: QueueBoardOptions): Promise<{ plugin: FastifyPluginCallback; uiConfig: object }> {
    // The gateway alone shows boards: a worker does without the 30 files of this.
    const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/fastify'),
    ]);
    const serverAdapter = new FastifyAdapter();
    serverAdapter.setBasePath(basePath);
    const uiConfig = {
      boardTitle: 'Queues · Parley',
      pollingInterval: { showSetting: true },
      showWorkers: false,
    };
    createBullBoard({
      queues: this.queues.map((queue) => new BullMQAdapter(queue as never, { readOnlyMode: isReadOnly })),
      serverAdapter,
      options: { uiConfig },
    });
    return { plugin: serverAdapter.registerPlugin(), uiConfig };
  }
}
