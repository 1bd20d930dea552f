import { timeLimit } from '#libs/faults';
import type { ConversationId, InboxEventId, WorkspaceId } from '#libs/model';
import type { Answer, Conversations } from '#libs/store';
import type { ConversationStreams, Unsubscribe } from './conversation-streams.js';

/** Waits for the turn that answers something which is about to be said. Listens from its creation on. */
export class TurnWait {
  readonly #stop: Unsubscribe;
  #wake: () => void = () => undefined;
  #isChanged = false;

  constructor(
    private readonly conversations: Pick<Conversations, 'answerTo'>,
    streams: Pick<ConversationStreams, 'watch'>,
    private readonly workspaceId: WorkspaceId,
    conversationId: ConversationId,
  ) {
    this.#stop = streams.watch(workspaceId, conversationId, () => {
      this.#isChanged = true;
      this.#wake();
    });
  }

  /**
   * What was said in answer to an inbox event. Ends the listening.
   *
   * @param signal  aborted: whatever is known then is the answer
   * @returns an answer whose `turn` is null when there was none within the time
   */
  async answerTo(inboxEventId: InboxEventId, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
    const limit = timeLimit(timeoutMs, signal);
    const isOver = limit.signal;
    isOver.addEventListener('abort', () => this.#wake(), { once: true });
    try {
      for (;;) {
        this.#isChanged = false;
        const answer = await this.conversations.answerTo(this.workspaceId, inboxEventId);
        if (answer.turn !== null || isOver.aborted) return answer;
        await this.#change(isOver);
      }
    } finally {
      limit.end();
      this.#stop();
    }
  }

  /** For when nothing was said after all. */
  cancel(): void {
    this.#stop();
  }

  #change(isOver: AbortSignal): Promise<void> {
    if (this.#isChanged || isOver.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Waits for turns. */
export class TurnWaiter {
  constructor(
    private readonly conversations: Pick<Conversations, 'answerTo'>,
    private readonly streams: Pick<ConversationStreams, 'watch'>,
  ) {}

  /** Begins to listen: to be called before the message is handed in, so that no answer is too fast. */
  listen(workspaceId: WorkspaceId, conversationId: ConversationId): TurnWait {
    return new TurnWait(this.conversations, this.streams, workspaceId, conversationId);
  }
}
