import { Injectable } from '@nestjs/common';
import {
  idOf,
  uuidOf,
  type Address,
  type ChannelId,
  type ConversationId,
  type DeliveryId,
  type JsonObject,
  type MessageId,
  type WorkspaceId,
} from '#libs/model';
import { crashPoint } from '#libs/observe';
import { Database } from '../database.js';
import type { AttemptEntry } from '../repositories/timeline-steps.js';
import { GroupCommit, type Outcome } from './group-commit.js';
import { safeJson } from './safe-json.js';

/** A delivery that this process may attempt until its lease ends. */
export interface OpenDelivery {
  workspaceId: WorkspaceId;
  deliveryId: DeliveryId;
  epoch: number;
  /** An earlier attempt was begun and never recorded: it may have gone out. */
  isLapsed: boolean;
  /** Through which it goes out. */
  channelId: ChannelId;
  /** On which the conversation is; another one once a fallback has taken over. */
  homeChannelId: ChannelId;
  conversationId: ConversationId;
  messageId: MessageId;
  body: JsonObject;
  class: 'idempotent' | 'look-up' | 'blind';
  /** Attempts spent. */
  attempts: number;
  account: string;
  /** It no longer makes sense to send it. */
  isExpired: boolean;
  /** Why an earlier attempt did not end it; its `code` says whether it may have gone out. */
  error: JsonObject | null;
  thread: string;
  address: Address | null;
  /** The person's newest message in the conversation; null for none. */
  lastInbound: { at: number; ref: string | null; told: Record<string, string> | null } | null;
  /** The person asked for no more messages from this channel. */
  isOptedOut: boolean;
}

/** What became of an attempt. */
export interface DeliveryOutcomeRow {
  delivery: OpenDelivery;
  /** `queued` means: again after `waitMs`. */
  status: 'sent' | 'delivered' | 'read' | 'queued' | 'unknown' | 'dead' | 'expired';
  providerRef?: string;
  error?: JsonObject;
  waitMs?: number;
  /** Attempts this one spent: 0 when the provider only asked to wait. */
  spent: 0 | 1;
  entry: AttemptEntry;
  /** The provider's account must rest for so long. */
  pauseAccountMs?: number;
}

interface DeliveryRow {
  workspaceId: string;
  id: string;
  epoch: number;
  lapsed: boolean;
  channelId: string;
  homeChannelId: string;
  conversationId: string;
  messageId: string;
  body: JsonObject;
  class: OpenDelivery['class'];
  attempts: number;
  account: string;
  expired: boolean;
  error: JsonObject | null;
  thread: string;
  addressKind: string | null;
  addressValue: string | null;
  lastInbound: { at: string; ref: string | null; told: Record<string, string> | null } | null;
  optedOut: boolean;
}

/** The deliveries that workers send, and the commit that says what became of each. */
@Injectable()
export class Deliveries {
  readonly #database: Database;
  readonly #records: GroupCommit<{ worker: string; row: DeliveryOutcomeRow }, boolean>;

  constructor(database: Database) {
    this.#database = database;
    this.#records = new GroupCommit((rows) => this.#record(rows), {
      itemsMax: 128,
      groupsMax: 2,
      waitingMax: 10_000,
    });
  }

  /**
   * Claims deliveries that are due: the first open one of each conversation, as fast as their accounts allow.
   *
   * @param connections  channels whose connection this process holds: what goes over one is claimed by its holder only
   * @throws Fault `store/unavailable`
   */
  async open(
    worker: string,
    limit: number,
    leaseMs: number,
    connections: readonly ChannelId[] = [],
  ): Promise<OpenDelivery[]> {
    const rows = await this.#database.run<{ d: DeliveryRow }>(
      'delivery_open',
      'select d from delivery_open($1, $2, $3, $4) as d',
      [worker, limit, leaseMs, connections.map((channelId) => uuidOf(channelId))],
    );
    return rows.map(({ d }) => ({
      workspaceId: idOf('workspace', d.workspaceId),
      deliveryId: idOf('delivery', d.id),
      epoch: d.epoch,
      isLapsed: d.lapsed,
      channelId: idOf('channel', d.channelId),
      homeChannelId: idOf('channel', d.homeChannelId),
      conversationId: idOf('conversation', d.conversationId),
      messageId: idOf('message', d.messageId),
      body: d.body,
      class: d.class,
      attempts: d.attempts,
      account: d.account,
      isExpired: d.expired,
      error: d.error,
      thread: d.thread,
      address:
        d.addressKind !== null && d.addressValue !== null
          ? { kind: d.addressKind, value: d.addressValue }
          : null,
      lastInbound: d.lastInbound && { ...d.lastInbound, at: Date.parse(d.lastInbound.at) },
      isOptedOut: d.optedOut,
    }));
  }

  /**
   * Records what became of an attempt, and makes the conversation's next delivery due.
   *
   * @returns false when the lease was lost: someone else has the delivery, and nothing was written
   * @throws Fault `store/unavailable`: the lease will lapse, and the attempt counts as unclear
   */
  record(worker: string, row: DeliveryOutcomeRow): Promise<boolean> {
    return this.#records.add({ worker, row });
  }

  /**
   * Sends a delivery by another channel from now on. Only after a call that certainly was not accepted.
   *
   * @returns false when the lease was lost: nothing was written
   */
  async divert(
    worker: string,
    delivery: OpenDelivery,
    by: { channelId: ChannelId; account: string; class: OpenDelivery['class'] },
    entry: AttemptEntry,
  ): Promise<boolean> {
    const [row] = await this.#database.run<{ held: boolean }>(
      'delivery_divert',
      'select delivery_divert($1, $2, $3, $4, $5, $6, $7, $8) as held',
      [
        uuidOf(delivery.workspaceId),
        worker,
        uuidOf(delivery.deliveryId),
        delivery.epoch,
        uuidOf(by.channelId),
        by.account,
        by.class,
        safeJson(entry),
      ],
    );
    return row?.held ?? false;
  }

  async #record(items: { worker: string; row: DeliveryOutcomeRow }[]): Promise<Outcome<boolean>[]> {
    const workspaces = [...new Set(items.map(({ row }) => uuidOf(row.delivery.workspaceId)))].join(',');
    const outcomes = items.map(({ row }) => ({
      w: uuidOf(row.delivery.workspaceId),
      id: uuidOf(row.delivery.deliveryId),
      e: row.delivery.epoch,
      c: uuidOf(row.delivery.conversationId),
      status: row.status,
      ref: row.providerRef ?? null,
      error: row.error ?? null,
      wait: row.waitMs ?? 0,
      burn: row.spent,
      entry: [row.entry],
    }));
    const pauses = items.flatMap(({ row }) =>
      row.pauseAccountMs === undefined
        ? []
        : [
            {
              w: uuidOf(row.delivery.workspaceId),
              key: `account:${row.delivery.account}`,
              ms: row.pauseAccountMs,
            },
          ],
    );
    crashPoint('delivery.inside-record');
    const [done] = await this.#database.run<{ done: { ok: string[] } }>(
      'delivery_record',
      'select delivery_record($1, $2, $3) as done',
      [workspaces, items[0]!.worker, safeJson({ outcomes, pauses })],
    );
    const recorded = new Set(done!.done.ok);
    return outcomes.map((row) => ({ ok: recorded.has(row.id) }));
  }

  /**
   * Keeps the leases of deliveries whose call takes long.
   *
   * @returns those that are still ours
   * @throws Fault `store/unavailable`
   */
  async renew(
    worker: string,
    leaseMs: number,
    held: readonly { workspaceId: WorkspaceId; deliveryId: DeliveryId; epoch: number }[],
  ): Promise<Set<DeliveryId>> {
    const rows = held.map((one) => ({
      w: uuidOf(one.workspaceId),
      id: uuidOf(one.deliveryId),
      e: one.epoch,
    }));
    const workspaces = [...new Set(rows.map((row) => row.w))].join(',');
    const kept = await this.#database.run<{ id: string }>(
      'delivery_renew',
      'select delivery_renew($1, $2, $3, $4) as id',
      [workspaces, worker, leaseMs, JSON.stringify(rows)],
    );
    return new Set(kept.map((row) => idOf('delivery', row.id)));
  }

  /** Milliseconds until the next delivery that waits for a time is due; null when none does. */
  async waitMs(): Promise<number | null> {
    const [row] = await this.#database.run<{ ms: number | null }>(
      'delivery_wait_ms',
      'select delivery_wait_ms() as ms',
      [],
    );
    return row?.ms ?? null;
  }
}
