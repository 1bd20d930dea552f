import type { ConversationEvent, ConversationId, LiveEventType, WorkspaceId } from '#libs/model';

/** Something that is heard now or never: typing, a turn that begins. It is not in the log and has no position. */
export interface LiveEvent {
  type: LiveEventType;
  conversation_id: ConversationId;
  data: Record<string, unknown>;
}

/** Says whether a follower can take more. */
export interface Room {
  readonly isFull: boolean;
  /** Calls back once, when there is room again or nobody reads any more; at once when there is. */
  whenRoom(goOn: () => void): void;
}

/** Who reads the log of a conversation as it grows. */
export interface Follower {
  /** Called for each event once, in order and without a gap. Must not throw, and must not wait. */
  event(event: ConversationEvent): void;
  /** Events wait in the log while it is full. Without it there is always room. */
  room?: Room;
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
  /** Those that have no room: the log keeps what they have not got. */
  readonly #waiting = new Set<Follower>();
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
    else {
      this.#positions.delete(listener);
      this.#waiting.delete(listener);
    }
  }

  /** Something changed, or may have. */
  ring(): void {
    for (const onChange of this.#watchers) onChange();
    this.#read();
  }

  /** A look at the conversation has shown its newest position: rings when that is news. */
  sawSeq(seq: number): void {
    const isBehind = this.#readyPositions().some((position) => position < seq);
    if (isBehind || seq !== this.#seenSeq) this.ring();
    this.#seenSeq = seq;
  }

  live(event: LiveEvent): void {
    for (const follower of this.#positions.keys()) if (!follower.room?.isFull) follower.live?.(event);
  }

  end(): void {
    const followers = [...this.#positions.keys()];
    this.#positions.clear();
    this.#waiting.clear();
    for (const follower of followers) follower.end?.();
  }

  #read(): void {
    this.#isDirty = true;
    if (!this.#isReading) void this.#readAll();
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#isDirty) {
        this.#isDirty = false;
        const ready = this.#readyPositions();
        if (ready.length === 0) break;
        const afterSeq = Math.min(...ready);
        const page = await this.readPage(afterSeq, PAGE);
        this.#handOut(page, afterSeq);
        if (page.length === PAGE) this.#isDirty = true;
      }
    } catch (error) {
      // Positions stay where they are: the next ring, or the look a second later, reads the same again.
      this.report(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** @param afterSeq  where the page begins: whoever came from further back while it was read has the next one to wait for */
  #handOut(page: readonly ConversationEvent[], afterSeq: number): void {
    const behind = new Set([...this.#positions].flatMap(([one, at]) => (at < afterSeq ? [one] : [])));
    for (const event of page) {
      for (const [follower, position] of this.#positions) {
        if (event.seq <= position || behind.has(follower) || this.#waiting.has(follower)) continue;
        if (follower.room?.isFull) {
          this.#wait(follower, follower.room);
          continue;
        }
        this.#positions.set(follower, event.seq);
        follower.event(event);
      }
    }
  }

  #readyPositions(): number[] {
    return [...this.#positions].flatMap(([follower, at]) => (this.#waiting.has(follower) ? [] : [at]));
  }

  #wait(follower: Follower, room: Room): void {
    this.#waiting.add(follower);
    room.whenRoom(() => {
      if (this.#waiting.delete(follower)) this.#read();
    });
  }
}
