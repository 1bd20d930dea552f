import { Injectable } from '@nestjs/common';
import {
  type ChannelId,
  type Conversation,
  type ConversationId,
  idOf,
  type JsonObject,
  uuidOf,
  type WebhookAttempt,
  type WebhookDeliveryId,
  type WebhookEndpointId,
  type WebhookEventType,
  type WebhookInclude,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';
import { eventData } from '../repositories/event-data.js';
import { disableWebhook, webhookSecretPlace } from '../repositories/webhook-endpoints.js';
import { Sealer } from '../sealing/sealer.js';
import { GroupCommit, type Outcome } from './group-commit.js';
import { safeJson } from './safe-json.js';

/** A delivery that this process may send until its lease ends. */
export interface OpenWebhook {
  workspaceId: WorkspaceId;
  deliveryId: WebhookDeliveryId;
  endpointId: WebhookEndpointId;
  epoch: number;
  type: WebhookEventType;
  occurredAt: Date;
  /** Where the event stands in the log; null for one of no conversation. */
  logged: { conversationId: ConversationId; channelId: ChannelId; seq: number } | null;
  /** The data of an event of no conversation, as streams would carry it. */
  data: Record<string, unknown>;
  /** As it was sent before; null before the first attempt. */
  body: string | null;
  /** Earlier attempts of this round. */
  attempts: number;
  url: string;
  include: WebhookInclude[];
  /** Sealed: open them with `secretsOf`. The newest first; each signs. */
  sealedSecrets: string[];
}

/** What became of an attempt. */
export interface WebhookOutcome {
  /** `pending`: again after `waitMs`. */
  status: 'delivered' | 'failed' | 'pending';
  waitMs?: number;
  /** Nothing is sent to the endpoint for so long. */
  pauseMs?: number;
  /** Null: the attempt was given up before it began, and does not count. */
  attempt: WebhookAttempt | null;
  body: string | null;
  /** Why the endpoint gets nothing any more, whatever else waits for it. */
  disableBecause?: string;
}

/** Who talks, for receivers that want to know. */
export interface WebhookContext {
  contact: Conversation['contact'] & { attributes: JsonObject };
  /** Of the newest web session; empty without one. */
  metadata: JsonObject;
}

/** An endpoint that has taken nothing for so long gets nothing any more. */
const FAILING_DAYS = 5;

interface WebhookRow {
  workspaceId: string;
  id: string;
  epoch: number;
  endpointId: string;
  conversationId: string | null;
  channelId: string | null;
  seq: number | null;
  type: WebhookEventType;
  data: JsonObject | null;
  occurredAt: string;
  body: string | null;
  attempts: number;
  url: string;
  include: WebhookInclude[];
  secret: string;
  previousSecret: string | null;
}

/** One that the receiver has taken. */
interface Delivered {
  worker: string;
  webhook: OpenWebhook;
  attempt: WebhookAttempt;
  body: string | null;
}

/** The webhooks that workers send, by leases with epochs. */
@Injectable()
export class WebhookDeliveries {
  readonly #delivered: GroupCommit<Delivered, boolean>;

  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {
    this.#delivered = new GroupCommit((items) => this.#recordDelivered(items), {
      itemsMax: 128,
      groupsMax: 1,
      waitingMax: 10_000,
    });
  }

  /**
   * Claims deliveries that are due.
   *
   * @param each  most of one endpoint that are under way at once, over all workers; one that fails has one
   * @throws Fault `store/unavailable`
   */
  async open(worker: string, limit: number, each: number, leaseMs: number): Promise<OpenWebhook[]> {
    const rows = await this.database.run<{ d: WebhookRow }>(
      'webhook_open',
      'select d from webhook_open($1, $2, $3, $4) as d',
      [worker, limit, each, leaseMs],
    );
    return rows.map(({ d }) => ({
      workspaceId: idOf('workspace', d.workspaceId),
      deliveryId: idOf('webhookDelivery', d.id),
      endpointId: idOf('webhookEndpoint', d.endpointId),
      epoch: d.epoch,
      type: d.type,
      occurredAt: new Date(d.occurredAt),
      logged:
        d.conversationId === null || d.channelId === null || d.seq === null
          ? null
          : {
              conversationId: idOf('conversation', d.conversationId),
              channelId: idOf('channel', d.channelId),
              seq: d.seq,
            },
      data: eventData(d.data ?? {}, null),
      body: d.body,
      attempts: d.attempts,
      url: d.url,
      include: d.include,
      sealedSecrets: [d.secret, ...(d.previousSecret === null ? [] : [d.previousSecret])],
    }));
  }

  /**
   * The secrets that sign a delivery, in clear, the newest first.
   *
   * @throws Fault `store/sealed`
   */
  async secretsOf({ workspaceId, endpointId, sealedSecrets }: OpenWebhook): Promise<string[]> {
    const place = webhookSecretPlace(endpointId);
    return Promise.all(sealedSecrets.map((sealed) => this.sealer.open(workspaceId, place, sealed)));
  }

  /** Ends what still waits for endpoints that are disabled. @returns how many */
  async endLeft(): Promise<number> {
    const [row] = await this.database.run<{ count: number }>(
      'webhook_end_left',
      'select webhook_end_left() as count',
      [],
    );
    return row?.count ?? 0;
  }

  /** Keeps the leases of deliveries whose receiver takes long. @returns those that are still ours */
  async renew(
    worker: string,
    leaseMs: number,
    held: readonly OpenWebhook[],
  ): Promise<Set<WebhookDeliveryId>> {
    const rows = held.map((one) => ({
      w: uuidOf(one.workspaceId),
      id: uuidOf(one.deliveryId),
      e: one.epoch,
    }));
    const workspaces = [...new Set(rows.map((row) => row.w))].join(',');
    const kept = await this.database.run<{ id: string }>(
      'webhook_renew',
      'select webhook_renew($1, $2, $3, $4) as id',
      [workspaces, worker, leaseMs, JSON.stringify(rows)],
    );
    return new Set(kept.map((row) => idOf('webhookDelivery', row.id)));
  }

  /**
   * Records what became of an attempt. An endpoint that is gone, or has taken nothing for five days, is disabled in the same
   * commit.
   *
   * @returns false when the lease was lost: someone else has the delivery, and nothing was written
   * @throws Fault `store/unavailable`
   */
  async record(worker: string, webhook: OpenWebhook, outcome: WebhookOutcome): Promise<boolean> {
    const { status, attempt, body } = outcome;
    if (status === 'delivered' && attempt) return this.#delivered.add({ worker, webhook, attempt, body });
    const values = [
      uuidOf(webhook.workspaceId),
      worker,
      uuidOf(webhook.deliveryId),
      webhook.epoch,
      safeJson({
        status,
        body,
        ...(attempt && { entry: attempt }),
        wait: Math.round(outcome.waitMs ?? 0),
        pause: outcome.pauseMs === undefined ? null : Math.round(outcome.pauseMs),
      }),
    ] as const;
    if (!attempt) {
      const [row] = await this.database.run<{ failing: string | null }>(
        'webhook_record',
        'select webhook_record($1, $2, $3, $4, $5) as failing',
        [...values],
      );
      return row?.failing != null;
    }
    return this.#recordFailure(webhook, values, outcome.disableBecause);
  }

  async #recordDelivered(items: readonly Delivered[]): Promise<Outcome<boolean>[]> {
    const workspaces = [...new Set(items.map(({ webhook }) => uuidOf(webhook.workspaceId)))].join(',');
    const rows = items.map(({ webhook, attempt, body }) => ({
      w: uuidOf(webhook.workspaceId),
      id: uuidOf(webhook.deliveryId),
      e: webhook.epoch,
      body,
      entry: attempt,
    }));
    const held = await this.database.run<{ id: string }>(
      'webhook_delivered',
      'select webhook_delivered($1, $2, $3) as id',
      [workspaces, items[0]!.worker, safeJson(rows)],
    );
    const recorded = new Set(held.map(({ id }) => id));
    return rows.map(({ id }) => ({ ok: recorded.has(id) }));
  }

  async #recordFailure(
    { workspaceId, endpointId }: OpenWebhook,
    [workspace, worker, id, epoch, p]: readonly [string, string, string, number, string],
    disableBecause: string | undefined,
  ): Promise<boolean> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const [row] = await tx.$queryRaw<{ failing: bigint | null }[]>`
        select webhook_record(${workspace}::uuid, ${worker}, ${id}::uuid, ${epoch}::int, ${p}::json) as failing`;
      const failingMs = row?.failing ?? null;
      if (failingMs === null) return false;
      const isGivenUp = Number(failingMs) >= FAILING_DAYS * 86_400_000;
      const reason =
        disableBecause ?? (isGivenUp ? `Nothing was taken for ${FAILING_DAYS} days.` : undefined);
      if (reason !== undefined) await disableWebhook(tx, workspaceId, endpointId, reason, 'system');
      return true;
    });
  }

  /** Who talks in a conversation; null when it is gone. */
  async contextOf(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<WebhookContext | null> {
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(conversationId) };
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findUnique({
        where: { workspaceId_id: key },
        select: {
          contact: { include: { identities: { orderBy: { id: 'asc' } } } },
          sessions: { orderBy: { id: 'desc' }, take: 1, select: { metadata: true } },
        },
      }),
    );
    if (!row) return null;
    const { contact, sessions } = row;
    return {
      contact: {
        id: idOf('contact', contact.id),
        name: contact.name,
        addresses: contact.identities.map(({ kind, value }) => ({ kind, value })),
        attributes: contact.attributes as JsonObject,
      },
      metadata: (sessions[0]?.metadata ?? {}) as JsonObject,
    };
  }
}
