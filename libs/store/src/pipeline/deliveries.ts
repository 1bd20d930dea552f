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

/** What the bot said before, within 24 hours, to the person a delivery goes to. */
export interface SaidBefore {
  /** Turns that spoke. */
  turnsToday: number;
  /** The same within ten minutes. */
  turnsLately: number;
  /** One of them said the very same. */
  isRepeated: boolean;
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

  /**
   * What the bot said to the delivery's person on its channel before, in all conversations: for connectors whose channel has
   * machines on its other end. Null for what people write, and for what no turn said.
   *
   * @throws Fault `store/unavailable`
   */
  async saidBefore({
    workspaceId,
    messageId,
  }: Pick<OpenDelivery, 'workspaceId' | 'messageId'>): Promise<SaidBefore | null> {
    const rows = await this.#database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<SaidBefore[]>`
        select
          count(distinct o.turn_id)::int as "turnsToday",
          (count(distinct o.turn_id) filter (where o.recorded_at > now() - interval '10 minutes'))::int as "turnsLately",
          coalesce(bool_or(o.content = mine.content), false) as "isRepeated"
        from message mine
        join conversation c on c.workspace_id = mine.workspace_id and c.id = mine.conversation_id
        join conversation s on s.workspace_id = c.workspace_id and s.contact_id = c.contact_id
          and s.channel_id = c.channel_id
        left join message o on o.conversation_id = s.id and o.author = 'bot' and o.status <> 'failed'
          and o.turn_id <> mine.turn_id and o.recorded_at < mine.recorded_at
          and o.recorded_at > now() - interval '24 hours'
        where mine.workspace_id = ${uuidOf(workspaceId)}::uuid and mine.id = ${uuidOf(messageId)}::uuid
          and mine.author = 'bot' and mine.turn_id is not null
        group by mine.id`,
    );
    return rows[0] ?? null;
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
