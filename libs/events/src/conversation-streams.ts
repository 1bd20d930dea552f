import type { ConversationId, WorkspaceId } from '#libs/model';
import type { Bell, BellTopics } from '#libs/queue';
import type { Conversations } from '#libs/store';
import { ConversationFeed, type Follower } from './conversation-feed.js';

/** Ends a subscription; ending it twice changes nothing. */
export type Unsubscribe = () => void;

/** How often the database is asked whether a ring was lost. */
const LOOK_EVERY_MS = 1_000;

/**
 * The event logs that this process follows. The bell says which conversation has changed, the log says what happened;
 * once a second one read per workspace looks for changes whose ring was lost.
 */
export class ConversationStreams {
  readonly #feeds = new Map<ConversationId, ConversationFeed>();
  readonly #silence: Unsubscribe[];
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  /** @param report  takes what went wrong in the background; nothing is lost by it but time */
  constructor(
    private readonly conversations: Pick<Conversations, 'eventsAfter' | 'lastSeqs'>,
    bell: Pick<Bell, 'listen'>,
    private readonly report: (error: unknown) => void,
  ) {
    this.#silence = [
      bell.listen('conversation', (said) => this.#onRing(said)),
      bell.listen('live', (said) => this.#onLive(said)),
    ];
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Follows a conversation from a position on.
   *
   * @param afterSeq  what the follower has; 0 for nothing. Everything after it comes, once, in order, without a gap
   */
  follow(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    afterSeq: number,
    follower: Follower,
  ): Unsubscribe {
    const feed = this.#feedOf(workspaceId, conversationId);
    feed.follow(follower, afterSeq);
    return () => this.#leave(feed, follower);
  }

  /** Calls back whenever a conversation may have changed; sometimes for nothing. */
  watch(workspaceId: WorkspaceId, conversationId: ConversationId, onChange: () => void): Unsubscribe {
    const feed = this.#feedOf(workspaceId, conversationId);
    feed.watch(onChange);
    return () => this.#leave(feed, onChange);
  }

  /** The position of a conversation's newest event; 0 when there is no such conversation. */
  async headOf(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<number> {
    const seqs = await this.conversations.lastSeqs(workspaceId, [conversationId]);
    return seqs.get(conversationId) ?? 0;
  }

  /** Conversations that are followed now. */
  get size(): number {
    return this.#feeds.size;
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#timer);
    for (const silence of this.#silence) silence();
    for (const feed of this.#feeds.values()) feed.end();
    this.#feeds.clear();
  }

  #feedOf(workspaceId: WorkspaceId, conversationId: ConversationId): ConversationFeed {
    const known = this.#feeds.get(conversationId);
    // Ids are of one workspace each; a caller with another one must not listen in.
    if (known?.workspaceId === workspaceId) return known;
    const read = (afterSeq: number, limit: number) =>
      this.conversations.eventsAfter(workspaceId, conversationId, afterSeq, limit);
    const feed = new ConversationFeed(workspaceId, conversationId, read, this.report);
    if (!known) this.#feeds.set(conversationId, feed);
    return feed;
  }

  #leave(feed: ConversationFeed, listener: Follower | (() => void)): void {
    feed.remove(listener);
    if (feed.isIdle && this.#feeds.get(feed.conversationId) === feed) this.#feeds.delete(feed.conversationId);
  }

  #onRing({ ids }: BellTopics['conversation']): void {
    for (const id of ids) this.#feeds.get(id)?.ring();
  }

  #onLive({ conversationId, type, data }: BellTopics['live']): void {
    this.#feeds.get(conversationId)?.live({ type, conversation_id: conversationId, data });
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const byWorkspace = new Map<WorkspaceId, ConversationFeed[]>();
      for (const feed of this.#feeds.values()) {
        byWorkspace.set(feed.workspaceId, [...(byWorkspace.get(feed.workspaceId) ?? []), feed]);
      }
      for (const [workspaceId, feeds] of byWorkspace) await this.#lookAt(workspaceId, feeds);
    } catch (error) {
      this.report(error);
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookAt(workspaceId: WorkspaceId, feeds: readonly ConversationFeed[]): Promise<void> {
    const ids = feeds.map((feed) => feed.conversationId);
    const seqs = await this.conversations.lastSeqs(workspaceId, ids);
    for (const feed of feeds) feed.sawSeq(seqs.get(feed.conversationId) ?? 0);
  }
}
