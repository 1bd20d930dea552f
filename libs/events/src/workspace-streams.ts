import type { EventType, WorkspaceEvent, WorkspaceId } from '#libs/model';
import { Pump, type Bell } from '#libs/queue';
import type { EventLog } from '#libs/store';
import type { Room } from './conversation-feed.js';
import type { Unsubscribe } from './conversation-streams.js';

/** Who reads the log of a workspace as it grows. */
export interface WorkspaceFollower {
  /** Called for each event once, in order of positions. Must not throw, and must not wait. */
  event(event: WorkspaceEvent): void;
  /** Events wait in the log while it is full. Without it there is always room. */
  room?: Room;
  /** The process stops: nothing will come any more. */
  end(): void;
}

/** How often the log is read although no bell rang. */
const LOOK_EVERY_MS = 1_000;
/** Events of one read: few at first, because each may be large; more while the reader keeps up. */
const PAGE = { first: 25, last: 200 };

/** The event logs of whole workspaces as streams. Every reader goes through the log by itself, from its own position. */
export class WorkspaceStreams {
  readonly #readers = new Set<{ pump: Pump; follower: WorkspaceFollower }>();
  readonly #silence: Unsubscribe;

  /** @param report  takes what went wrong in the background; nothing is lost by it but time */
  constructor(
    private readonly log: Pick<EventLog, 'after' | 'horizon'>,
    bell: Pick<Bell, 'listen'>,
    private readonly report: (error: unknown) => void,
  ) {
    // The bell names conversations, not workspaces: one that rings for another workspace costs a read of an index.
    this.#silence = bell.listen('conversation', () => {
      for (const { pump } of this.#readers) void pump.poke();
    });
  }

  /** The position behind which everything is yet to come. */
  now(): Promise<number> {
    return this.log.horizon();
  }

  /**
   * Follows a workspace.
   *
   * @param after  the position that the follower has; 0 for nothing
   * @param types  null: all
   */
  follow(
    workspaceId: WorkspaceId,
    after: number,
    types: readonly EventType[] | null,
    follower: WorkspaceFollower,
  ): Unsubscribe {
    let at = after;
    const pass = async (): Promise<void> => {
      let limit: number = PAGE.first;
      for (let isMore = true; isMore && this.#readers.has(reader);) {
        const until = await this.log.horizon();
        const page = await this.log.after(workspaceId, { after: at, types, limit });
        const told = tell(page, follower);
        isMore = page.length === limit || told < page.length;
        // What was looked at and is of other types, or of other workspaces, is not looked at again.
        at = Math.max(at, page[told - 1]?.position ?? 0, isMore ? 0 : until);
        limit = told < page.length ? PAGE.first : Math.min(2 * limit, PAGE.last);
        if (isMore) await roomOf(follower);
      }
    };
    const reader = { pump: new Pump(pass, { sweepEveryMs: LOOK_EVERY_MS, onError: this.report }), follower };
    this.#readers.add(reader);
    reader.pump.start();
    void reader.pump.poke();
    return () => {
      this.#readers.delete(reader);
      void reader.pump.stop();
    };
  }

  /** Ends every stream. */
  close(): void {
    this.#silence();
    for (const { pump, follower } of this.#readers) {
      void pump.stop();
      follower.end();
    }
    this.#readers.clear();
  }
}

/** Hands out events while there is room. @returns how many */
function tell(page: readonly WorkspaceEvent[], follower: WorkspaceFollower): number {
  for (const [told, event] of page.entries()) {
    if (follower.room?.isFull) return told;
    follower.event(event);
  }
  return page.length;
}

function roomOf({ room }: WorkspaceFollower): Promise<void> {
  return room ? new Promise((resolve) => room.whenRoom(resolve)) : Promise.resolve();
}
