import { Injectable } from '@nestjs/common';
import { Fault, fault } from '#libs/faults';
import {
  idOf,
  newId,
  uuidOf,
  type ChannelId,
  type InboundEvent,
  type InboundKind,
  type InboxEventId,
  type SignalEvent,
  type WorkspaceId,
} from '#libs/model';
import { crashPoint } from '#libs/observe';
import { Database } from '../database.js';
import { GroupCommit, type Outcome } from './group-commit.js';
import { mailboxKeyOf } from './mailbox-key.js';
import { safeJson } from './safe-json.js';

/** One thing a provider told us, about to be stored. */
export interface NewInboxEvent {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  kind: InboundKind | SignalEvent['kind'] | 'unreadable';
  eventKey: string;
  /** Null for what could not be read; such an event is `quarantined`. */
  event: InboundEvent | SignalEvent | null;
  /** As received. */
  raw: Uint8Array;
  status?: 'pending' | 'ignored' | 'quarantined';
  /** Why it is not pending. */
  reason?: string;
}

export interface AcceptedEvent {
  inboxEventId: InboxEventId;
  /** The same event was accepted before: nothing was stored now, and this is the id of then. */
  isDuplicate: boolean;
}

interface Stored {
  event: NewInboxEvent;
  uuid: string;
  mailboxKey: string | null;
}

/** How long a provider waits at most before it counts us as down, less what the network takes. */
const ANSWER_WITHIN_MS = 2_000;

/** The door's ledger: everything a provider told us, once, in order, before we say thank you. */
@Injectable()
export class Inbox {
  readonly #database: Database;
  readonly #commits: GroupCommit<NewInboxEvent[], AcceptedEvent[]>;

  constructor(database: Database) {
    this.#database = database;
    this.#commits = new GroupCommit((groups) => this.#store(groups), {
      itemsMax: 64,
      groupsMax: 2,
      waitingMax: 2_000,
    });
  }

  /**
   * Stores events, all or none of them, and returns after the commit. Each event is stored once, however often and from
   * wherever it comes; events of one mailbox get gap-free sequence numbers in the order in which they are accepted.
   *
   * @returns one answer for each event, in order
   * @throws Fault `store/unavailable` when no commit was confirmed within 2 s: the provider must send again
   */
  async accept(events: readonly NewInboxEvent[]): Promise<AcceptedEvent[]> {
    if (events.length === 0) return [];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(fault('store/unavailable', { facts: { waitedMs: ANSWER_WITHIN_MS }, retryAfterMs: 5_000 }));
      }, ANSWER_WITHIN_MS);
    });
    try {
      return await Promise.race([this.#commits.add([...events]), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One bad group must not fail its neighbours: they are then stored one by one. */
  async #store(groups: NewInboxEvent[][]): Promise<Outcome<AcceptedEvent[]>[]> {
    try {
      return (await this.#storeTogether(groups)).map((ok) => ({ ok }));
    } catch (error) {
      if (groups.length === 1 || (error instanceof Fault && error.code === 'store/unavailable')) throw error;
      const outcomes: Outcome<AcceptedEvent[]>[] = [];
      for (const group of groups) {
        outcomes.push(
          await this.#storeTogether([group]).then(
            ([ok]) => ({ ok: ok! }),
            (error: unknown) => ({ error }),
          ),
        );
      }
      return outcomes;
    }
  }

  async #storeTogether(groups: NewInboxEvent[][]): Promise<AcceptedEvent[][]> {
    const firsts = new Map<string, Stored>();
    const answers = groups.map((group) =>
      group.map((event) => {
        const key = `${event.channelId} ${event.eventKey}`;
        const first = firsts.get(key);
        if (first) return { stored: first, isRepeat: true };
        const stored: Stored = {
          event,
          uuid: uuidOf(newId('inboxEvent')),
          mailboxKey:
            (event.status ?? 'pending') === 'pending' && event.event ? mailboxKeyOf(event.event) : null,
        };
        firsts.set(key, stored);
        return { stored, isRepeat: false };
      }),
    );
    const known = await this.#insert([...firsts.values()]);
    return answers.map((group) =>
      group.map(({ stored, isRepeat }) => {
        const earlier = known.get(stored);
        return {
          inboxEventId: idOf('inboxEvent', earlier ?? stored.uuid),
          isDuplicate: isRepeat || earlier !== undefined,
        };
      }),
    );
  }

  /** @returns the events that were there before, with their ids of then */
  async #insert(events: Stored[]): Promise<Map<Stored, string>> {
    const mailboxes = new Map<string, { w: string; id: string; c: string; key: string; n: number }>();
    for (const { event, mailboxKey } of events) {
      if (mailboxKey === null) continue;
      const channel = uuidOf(event.channelId);
      const name = `${channel} ${mailboxKey}`;
      const mailbox = mailboxes.get(name);
      if (mailbox) mailbox.n++;
      else {
        mailboxes.set(name, {
          w: uuidOf(event.workspaceId),
          id: uuidOf(newId('mailbox')),
          c: channel,
          key: mailboxKey,
          n: 1,
        });
      }
    }
    const rows = events.map(({ event, uuid, mailboxKey }, ord) => {
      const c = uuidOf(event.channelId);
      return {
        ord,
        id: uuid,
        w: uuidOf(event.workspaceId),
        c,
        k: event.eventKey,
        m: mailboxKey,
        n: mailboxKey === null ? 0 : mailboxes.get(`${c} ${mailboxKey}`)!.n,
        kind: event.kind,
        event: event.event,
        raw: Buffer.from(event.raw.buffer, event.raw.byteOffset, event.raw.byteLength).toString('base64'),
        status: event.status ?? 'pending',
        reason: event.reason ?? null,
      };
    });
    const workspaces = [...new Set(rows.map((row) => row.w))].join(',');
    const found = await this.#insertRows(workspaces, safeJson([...mailboxes.values()]), safeJson(rows));
    return new Map(found.map(({ ord, id }) => [events[ord]!, id]));
  }

  async #insertRows(
    workspaces: string,
    mailboxes: string,
    rows: string,
  ): Promise<{ ord: number; id: string }[]> {
    crashPoint('inbox.before-insert');
    for (let tries = 1; ; tries++) {
      try {
        return await this.#database.run('inbox_accept', 'select ord, id from inbox_accept($1, $2, $3)', [
          workspaces,
          mailboxes,
          rows,
        ]);
      } catch (error) {
        // Another gateway stored one of these events at the same moment; the next look finds it.
        if (!(error instanceof Fault && error.code === 'store/conflict') || tries === 5) throw error;
      }
    }
  }
}
