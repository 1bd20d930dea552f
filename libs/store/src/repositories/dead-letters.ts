import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type ChannelId,
  type ConversationId,
  type DeliveryId,
  idOf,
  type InboxEventId,
  type JsonObject,
  type MessageId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';

/** Something that came in and was given up, or never understood. */
export interface DeadInboxEvent {
  inboxEventId: InboxEventId;
  channelId: ChannelId;
  status: 'dead' | 'quarantined';
  kind: string;
  reason: string | null;
  attempts: number;
  receivedAt: Date;
}

/** A part that was not sent, or of which nobody knows. */
export interface DeadDelivery {
  deliveryId: DeliveryId;
  channelId: ChannelId;
  conversationId: ConversationId;
  messageId: MessageId;
  status: 'dead' | 'unknown' | 'expired' | 'failed';
  /** The last fault, with the provider's words. */
  error: JsonObject | null;
  attempts: number;
  createdAt: Date;
}

const DEAD_EVENTS = ['dead', 'quarantined'];
const DEAD_DELIVERIES = ['dead', 'unknown', 'expired', 'failed'];

/** Without `unknown`. */
const REPLAYED_TOGETHER = ['dead', 'expired', 'failed'];

/** Which dead letters are meant. */
export interface ReplayFilter {
  kind: 'delivery' | 'inbox_event';
  channelId?: ChannelId | undefined;
  status?: string | undefined;
  before?: Date | undefined;
}

/** How long a replayed part may take to be sent. */
const REPLAY_WITHIN_MS = 86_400_000;

/** What was given up, and the way back. */
@Injectable()
export class DeadLetters {
  constructor(private readonly database: Database) {}

  /** Inbox events that were given up or never understood, by the time they came in. */
  async inboxEvents(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<DeadInboxEvent>> {
    const after = afterId('dead-inbox', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.inboxEvent.findMany({
        where: { workspaceId: uuidOf(workspaceId), status: { in: DEAD_EVENTS }, ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
        omit: { raw: true, event: true },
      }),
    );
    return pageOf(
      'dead-inbox',
      page,
      rows,
      (row) => row.id,
      (row) => ({
        inboxEventId: idOf('inboxEvent', row.id),
        channelId: idOf('channel', row.channelId),
        status: row.status as DeadInboxEvent['status'],
        kind: row.kind,
        reason: row.reason,
        attempts: row.attempts,
        receivedAt: row.receivedAt,
      }),
    );
  }

  /** Deliveries that failed, expired, were given up, or of which nobody knows, by their creation. */
  async deliveries(workspaceId: WorkspaceId, page: PageRequest): Promise<PageOf<DeadDelivery>> {
    const after = afterId('dead-deliveries', page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.delivery.findMany({
        where: { workspaceId: uuidOf(workspaceId), status: { in: DEAD_DELIVERIES }, ...after },
        orderBy: { id: page.order },
        take: page.limit + 1,
        omit: { body: true, log: true },
      }),
    );
    return pageOf(
      'dead-deliveries',
      page,
      rows,
      (row) => row.id,
      (row) => ({
        deliveryId: idOf('delivery', row.id),
        channelId: idOf('channel', row.channelId),
        conversationId: idOf('conversation', row.conversationId),
        messageId: idOf('message', row.messageId),
        status: row.status as DeadDelivery['status'],
        error: row.error as JsonObject | null,
        attempts: row.attempts,
        createdAt: row.createdAt,
      }),
    );
  }

  /**
   * What can be tried again of a kind, the oldest first. Deliveries of which nobody knows are not among them: they may have
   * gone out.
   *
   * @param limit  at most so many
   */
  async replayable(
    workspaceId: WorkspaceId,
    { kind, channelId, status, before }: ReplayFilter,
    limit: number,
  ): Promise<string[]> {
    const common = {
      where: { workspaceId: uuidOf(workspaceId), ...(channelId && { channelId: uuidOf(channelId) }) },
      orderBy: { id: 'asc' as const },
      take: limit,
      select: { id: true },
    };
    return this.database.withWorkspace(workspaceId, async (tx) => {
      if (kind === 'inbox_event') {
        const late = before && { receivedAt: { lt: before } };
        const where = { ...common.where, ...late, status: 'dead', mailboxId: { not: null } };
        const rows = status && status !== 'dead' ? [] : await tx.inboxEvent.findMany({ ...common, where });
        return rows.map(({ id }) => idOf('inboxEvent', id));
      }
      const wanted = status ? [status] : REPLAYED_TOGETHER;
      const late = before && { createdAt: { lt: before } };
      const where = { ...common.where, ...late, status: { in: wanted } };
      return (await tx.delivery.findMany({ ...common, where })).map(({ id }) => idOf('delivery', id));
    });
  }

  /**
   * Puts a dead inbox event back into its mailbox, where it is handled next.
   *
   * @throws Fault `state/not-found`; `state/conflict` when it is not dead, or was never understood
   */
  async replayInboxEvent(workspaceId: WorkspaceId, inboxEventId: InboxEventId, actor: Actor): Promise<void> {
    const [workspace, id] = [uuidOf(workspaceId), uuidOf(inboxEventId)];
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const event = await tx.inboxEvent.findUnique({
        where: { workspaceId_id: { workspaceId: workspace, id } },
        select: { mailboxId: true },
      });
      if (!event) throw fault('state/not-found', { facts: { inboxEventId } });
      if (event.mailboxId === null) throw notReplayable('It was never understood, so nothing can handle it.');
      await lockMailbox(tx, workspace, event.mailboxId);
      const { count } = await tx.inboxEvent.updateMany({
        where: { workspaceId: workspace, id, status: 'dead' },
        data: { status: 'pending', attempts: 0, reason: null, doneAt: null },
      });
      if (count === 0) throw notReplayable('It is not dead.');
      // A mailbox that somebody holds stays theirs: they look for pending events before they let go.
      await tx.$executeRaw`
        update mailbox set failures = 0, due_at = case when leased_by is null then clock_timestamp() else due_at end
         where workspace_id = ${workspace}::uuid and id = ${event.mailboxId}::uuid`;
      await appendAudit(tx, workspaceId, { actor, action: 'inbox_event.replay', target: inboxEventId });
    });
  }

  /**
   * Queues a part again, under the same id and key: a provider that knows keys sends it once even if it went out before.
   *
   * @throws Fault `state/not-found`; `state/conflict` when it is on its way, or was sent
   */
  async replayDelivery(workspaceId: WorkspaceId, deliveryId: DeliveryId, actor: Actor): Promise<void> {
    const [workspace, id] = [uuidOf(workspaceId), uuidOf(deliveryId)];
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const delivery = await tx.delivery.findUnique({
        where: { workspaceId_id: { workspaceId: workspace, id } },
        select: { conversationId: true, messageId: true },
      });
      if (!delivery) throw fault('state/not-found', { facts: { deliveryId } });
      const { conversationId, messageId } = delivery;
      await lockConversation(tx, workspace, conversationId);
      const before = await requeue(tx, workspace, id);
      if (before === null) throw notReplayable('It is on its way, or was sent.');
      await tx.$executeRaw`select delivery_next(array[${conversationId}::uuid])`;
      await tx.$executeRaw`select message_refresh(array[${messageId}::uuid])`;
      const data = { from: before };
      await appendAudit(tx, workspaceId, { actor, action: 'delivery.replay', target: deliveryId, data });
    });
  }

  /**
   * Records that a part of which nobody knew was sent after all, as a person found out at the provider.
   *
   * @throws Fault `state/not-found`; `state/conflict` when its outcome is known
   */
  async markSent(workspaceId: WorkspaceId, deliveryId: DeliveryId, actor: Actor): Promise<void> {
    const [workspace, id] = [uuidOf(workspaceId), uuidOf(deliveryId)];
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const delivery = await tx.delivery.findUnique({
        where: { workspaceId_id: { workspaceId: workspace, id } },
        select: { conversationId: true, messageId: true },
      });
      if (!delivery) throw fault('state/not-found', { facts: { deliveryId } });
      await lockConversation(tx, workspace, delivery.conversationId);
      const count = await tx.$executeRaw`
        update delivery set status = 'sent', error = null, due_at = null, sent_at = coalesce(sent_at, clock_timestamp())
         where workspace_id = ${workspace}::uuid and id = ${id}::uuid and status = 'unknown'`;
      if (count === 0) throw fault('state/conflict', { detail: 'What became of it is known.' });
      await tx.$executeRaw`select message_refresh(array[${delivery.messageId}::uuid])`;
      await appendAudit(tx, workspaceId, { actor, action: 'delivery.mark-sent', target: deliveryId });
    });
  }
}

function notReplayable(detail: string): Error {
  return fault('state/conflict', { detail });
}

async function lockMailbox(tx: WorkspaceTransaction, workspace: string, mailbox: string): Promise<void> {
  await tx.$executeRaw`
    select 1 from mailbox where workspace_id = ${workspace}::uuid and id = ${mailbox}::uuid for update`;
}

async function lockConversation(
  tx: WorkspaceTransaction,
  workspace: string,
  conversation: string,
): Promise<void> {
  await tx.$executeRaw`
    select 1 from conversation where workspace_id = ${workspace}::uuid and id = ${conversation}::uuid for update`;
}

/** @returns the status it had; null when it was in none that ends a delivery without success */
async function requeue(tx: WorkspaceTransaction, workspace: string, id: string): Promise<string | null> {
  const rows = await tx.$queryRaw<{ was: string }[]>`
    with old as (
      select id, status from delivery
       where workspace_id = ${workspace}::uuid and id = ${id}::uuid and status = any (${DEAD_DELIVERIES})
         for update)
    update delivery d
       set status = 'queued', attempts = 0, error = null, leased_by = null, due_at = null,
           expires_at = greatest(d.expires_at, clock_timestamp() + ${REPLAY_WITHIN_MS}::bigint * interval '1 millisecond')
      from old
     where d.workspace_id = ${workspace}::uuid and d.id = old.id
    returning old.status as was`;
  return rows[0]?.was ?? null;
}
