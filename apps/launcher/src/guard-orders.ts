import type { Program } from '#libs/store';

/** What the guardian has to do when its launcher is gone; sent anew whenever it changes. */
export interface GuardOrders {
  /** Processes that are to end first, each the leader of its group. */
  readonly pids: readonly number[];
  /** How the embedded database is stopped, and whether it may not have come up yet; null when there is none. */
  readonly stopDatabase:
    (Program & { readonly env: Readonly<Record<string, string>>; readonly isStarting: boolean }) | null;
}
