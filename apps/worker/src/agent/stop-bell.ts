import type { ConversationId } from '#libs/model';
import type { Bell } from '#libs/queue';

/** Knows which turns run in this worker, and ends the answers of those whose person wants no more. */
export class StopBell {
  readonly #running = new Map<ConversationId, AbortController>();

  constructor(bell: Bell) {
    bell.listen('stop', ({ conversationId }) => this.#running.get(conversationId)?.abort());
  }

  /** Runs something that can be stopped; a conversation has one turn at a time. */
  async during<T>(conversationId: ConversationId, run: (stopped: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    this.#running.set(conversationId, stop);
    try {
      return await run(stop.signal);
    } finally {
      if (this.#running.get(conversationId) === stop) this.#running.delete(conversationId);
    }
  }
}
