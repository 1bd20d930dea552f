import type { ConversationEvent, ConversationId, LiveEventType, WorkspaceId } from '#libs/model';

/** Something that is heard now or never: typing, a turn that begins. It is not in the log and has no position. */
export interface LiveEvent {
  type: LiveEventType;
  conversation_id: ConversationId;
  data: Record<string, unknown>;
}

/** Who reads the log of a conversation as it grows. */
export interface Follower {
  /** Called for each event once, in order and without a gap. Must not throw, and must not wait. */
  event(event: ConversationEvent): void;
  live?(event: LiveEvent): void;
  /** The process stops: nothing will come any more. */
  end?(): void;
}

/** Reads a page of a conversation's log: events after a position, in order. */
export type ReadPage = (afterSeq: number, limit: number) => Promise<ConversationEvent[]>;

/** Events in one read. */
const PAGE = 200;

/**
 * One conversation that somebody listens to. However many do, a change costs one read: from the position of whoever is
 * furthest behind; those ahead leave out what they have.
 */
export class ConversationFeed {
  readonly #positions = new Map<Follower, number>();
  readonly #watchers = new Set<() => void>();
  #isDirty = false;
  #isReading = false;
  /** The newest position that a look at the conversation has shown; null before the first look. */
  #seenSeq: number | null = null;

  constructor(
    readonly workspaceId: WorkspaceId,
    readonly conversationId: ConversationId,
    private readonly readPage: ReadPage,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Whether nobody listens any more. */
  get isIdle(): boolean {
    return this.#positions.size === 0 && this.#watchers.size === 0;
  }

  /** Adds a follower that has everything up to a position; the rest comes to it at once. */
  follow(follower: Follower, afterSeq: number): void {
    this.#positions.set(follower, afterSeq);
    this.#read();
  }

  /** Adds somebody who only wants to know that there may be something new. */
  watch(onChange: () => void): void {
    this.#watchers.add(onChange);
  }

  remove(listener: Follower | (() => void)): void {
    if (typeof listener === 'function') this.#watchers.delete(listener);
    else this.#positions.delete(listener);
  }

  /** Something changed, or may have. */
  ring(): void {
    for (const onChange of this.#watchers) onChange();
    this.#read();
  }

  /** A look at the conversation has shown its newest position: rings when that is news. */
  sawSeq(seq: number): void {
    const isBehind = [...this.#positions.values()].some((position) => position < seq);
    if (isBehind || seq !== this.#seenSeq) this.ring();
    this.#seenSeq = seq;
  }

  live(event: LiveEvent): void {
    for (const follower of this.#positions.keys()) follower.live?.(event);
  }

  end(): void {
    const followers = [...this.#positions.keys()];
    this.#positions.clear();
    for (const follower of followers) follower.end?.();
  }

  #read(): void {
    this.#isDirty = true;
    if (!this.#isReading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#isDirty && this.#positions.size > 0) {
        this.#isDirty = false;
        const page = await this.readPage(Math.min(...this.#positions.values()), PAGE);
        this.#handOut(page);
        if (page.length === PAGE) this.#isDirty = true;
      }
    } catch (error) {
      // Positions stay where they are: the next ring, or the look a second later, reads the same again.
      this.report(error);
    } finally {
      this.#isReading = false;
    }
  }

  #handOut(page: readonly ConversationEvent[]): void {
    for (const event of page) {
      for (const [follower, position] of this.#positions) {
        if (event.seq <= position) continue;
        this.#positions.set(follower, event.seq);
        follower.event(event);
      }
    }
  }
}
