import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type Address,
  type ChannelId,
  type ContactId,
  type Content,
  type ConversationId,
  idOf,
  type Message,
  type MessageId,
  newId,
  type Send,
  type SendBatch,
  type SendBatchId,
  type SendId,
  SendState,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { Prisma, Send as SendRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { requireContact } from './contacts.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';
import { type OperationId, idOfOperation } from './idempotency.js';
import { contactsFor, requireContacts, unknown } from './send-contacts.js';

/** One channel of a send's plan. */
export interface PlannedStep {
  channelId: ChannelId;
  /** How far its message must come. */
  success: 'sent' | 'delivered' | 'read';
  /** Before the next channel is tried. */
  waitMs: number;
}

/** A channel of a plan, and what came of it. */
export interface TriedStep extends PlannedStep {
  /** When it was begun; null: not yet. */
  at: Date | null;
  messageId: MessageId | null;
  conversationId: ConversationId | null;
  /** How far its message is. */
  status: Message['status'] | null;
  /** Why nothing was sent. */
  skipped: string | null;
}

/** What somebody is told, and when. */
export interface NewSend {
  to: ContactId | Address;
  contents: readonly Content[];
  metadata: Record<string, string>;
  steps: readonly PlannedStep[];
  sendAt: Date;
  expiresAt: Date;
}

/** A send that this process may go on with until its lease ends. */
export interface OpenSend {
  workspaceId: WorkspaceId;
  sendId: SendId;
  epoch: number;
  contactId: ContactId;
  contents: Content[];
  metadata: Record<string, string>;
  steps: TriedStep[];
  expiresAt: Date;
}

/** What came of looking at a send. */
export type SendOutcome = {
  steps: readonly TriedStep[];
  /** Messages of which what is not under way shall not go out any more. */
  withdrawn?: readonly MessageId[];
} & ({ state: 'sent' | 'failed'; reason: string | null } | { state: 'sending'; againMs: number });

/** Where a contact can be reached on a channel. */
export interface ContactPlace {
  /** The open conversation in which they wrote last; null for none. */
  conversationId: ConversationId | null;
  addresses: Address[];
}

/** A step as it is stored. */
interface StoredStep {
  channel: string;
  success: PlannedStep['success'];
  waitMs: number;
  at?: string;
  message?: string;
  conversation?: string;
  skipped?: string;
}

interface ClaimRow extends Record<string, unknown> {
  workspace_id: string;
  id: string;
  epoch: number;
}

const AT_ONCE = 100;

/** What programs say to people: planned, scheduled, and how it went. */
@Injectable()
export class Sends {
  constructor(private readonly database: Database) {}

  /**
   * Writes a send down; it begins at its time. An address that is nobody's becomes a contact.
   *
   * @param operationId  of a write that may be repeated: the send is then the same one
   * @throws Fault `input/invalid` when there is no such contact or channel
   */
  async create(workspaceId: WorkspaceId, input: NewSend, operationId?: OperationId): Promise<Send> {
    const sendId = operationId ? idOfOperation('send', operationId) : newId('send');
    await this.#insert(workspaceId, [{ ...input, sendId }], null, input.sendAt);
    return this.get(workspaceId, sendId);
  }

  /**
   * Writes many sends down; none begins before all are.
   *
   * @param operationId  as for `create`
   * @throws Fault `input/invalid`
   */
  async createBatch(
    workspaceId: WorkspaceId,
    inputs: readonly NewSend[],
    operationId?: OperationId,
  ): Promise<SendBatch> {
    const batchId = operationId ? idOfOperation('sendBatch', operationId) : newId('sendBatch');
    const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(batchId) };
    const sends = inputs.map((input, at) => ({
      ...input,
      sendId: operationId ? idOfOperation('send', operationId, String(at)) : newId('send'),
    }));
    await this.database.withWorkspace(workspaceId, async (tx) => {
      // Before anything is written: a batch is taken whole or not at all.
      await requireChannels(tx, workspaceId, inputs);
      await requireContacts(tx, workspaceId, inputs);
      await tx.sendBatch.createMany({ data: [key], skipDuplicates: true });
    });
    try {
      for (let at = 0; at < sends.length; at += AT_ONCE) {
        await this.#insert(workspaceId, sends.slice(at, at + AT_ONCE), batchId, null);
      }
      await this.database.withWorkspace(
        workspaceId,
        (tx) => tx.$executeRaw`
          update send set due_at = send_at
           where workspace_id = ${key.workspaceId}::uuid and batch_id = ${key.id}::uuid and state = 'scheduled'
             and due_at is null`,
      );
    } catch (error) {
      // Who comes again with the same key goes on where it stopped; nobody else can, and nothing has begun.
      if (!operationId) await this.#forgetBatch(key).catch(() => undefined);
      throw error;
    }
    return this.batch(workspaceId, batchId);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, sendId: SendId): Promise<Send> {
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await requireRow(tx, workspaceId, sendId);
      return sendOf(row, await statusesOf(tx, workspaceId, [row]));
    });
  }

  /** Sends by creation. @throws Fault `input/invalid-cursor` */
  async list(
    workspaceId: WorkspaceId,
    page: PageRequest,
    filter: {
      batchId?: SendBatchId | undefined;
      contactId?: ContactId | undefined;
      state?: SendState | undefined;
    } = {},
  ): Promise<PageOf<Send>> {
    const { batchId, contactId, state } = filter;
    const list = ['sends', batchId ?? '', contactId ?? '', state ?? ''].join(':');
    const after = afterId(list, page);
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const rows = await tx.send.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          ...(batchId && { batchId: uuidOf(batchId) }),
          ...(contactId && { contactId: uuidOf(contactId) }),
          ...(state && { state }),
          ...after,
        },
        orderBy: { id: page.order },
        take: page.limit + 1,
      });
      const statuses = await statusesOf(tx, workspaceId, rows);
      return pageOf(
        list,
        page,
        rows,
        (row) => row.id,
        (row) => sendOf(row, statuses),
      );
    });
  }

  /**
   * Calls a send off that has not begun; calling it off twice changes nothing.
   *
   * @throws Fault `state/not-found`; `state/conflict` when it has begun
   */
  async cancel(workspaceId: WorkspaceId, sendId: SendId): Promise<Send> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const where = { workspaceId: uuidOf(workspaceId), id: uuidOf(sendId) };
      if ((await cancelWhere(tx, where)) > 0) return;
      const { state } = await requireRow(tx, workspaceId, sendId);
      if (state === 'cancelled') return;
      throw fault('state/conflict', { detail: 'It has begun, and what is said cannot be called off.' });
    });
    return this.get(workspaceId, sendId);
  }

  /** How the sends of a batch went. @throws Fault `state/not-found` */
  async batch(workspaceId: WorkspaceId, batchId: SendBatchId): Promise<SendBatch> {
    const [w, id] = [uuidOf(workspaceId), uuidOf(batchId)];
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const row = await tx.sendBatch.findUnique({ where: { workspaceId_id: { workspaceId: w, id } } });
      if (!row) throw fault('state/not-found', { facts: { batchId } });
      const states = await tx.$queryRaw<{ name: string; n: number }[]>`
        select state as name, count(*)::int as n from send
         where workspace_id = ${w}::uuid and batch_id = ${id}::uuid group by 1`;
      const messages = await tx.$queryRaw<{ name: string; n: number }[]>`
        select m.status as name, count(*)::int as n from send s, jsonb_array_elements(s.steps) as t(step)
          join message m on m.id = (step->>'message')::uuid
         where s.workspace_id = ${w}::uuid and m.workspace_id = s.workspace_id and s.batch_id = ${id}::uuid group by 1`;
      const counted = (rows: typeof states) => Object.fromEntries(rows.map(({ name, n }) => [name, n]));
      return {
        id: batchId,
        created_at: row.createdAt.toISOString(),
        total: states.reduce((sum, { n }) => sum + n, 0),
        states: {
          ...(Object.fromEntries(SendState.options.map((name) => [name, 0])) as SendBatch['states']),
          ...counted(states),
        },
        messages: counted(messages),
      };
    });
  }

  /** Calls off what has not begun of a batch. @returns how many @throws Fault `state/not-found` */
  async cancelBatch(workspaceId: WorkspaceId, batchId: SendBatchId): Promise<number> {
    await this.batch(workspaceId, batchId);
    const where = { workspaceId: uuidOf(workspaceId), batchId: uuidOf(batchId) };
    return this.database.withWorkspace(workspaceId, (tx) => cancelWhere(tx, where));
  }

  /** The channel on which a contact wrote last; null when they never did. */
  async lastChannel(workspaceId: WorkspaceId, contactId: ContactId): Promise<ChannelId | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findFirst({
        where: { workspaceId: uuidOf(workspaceId), contactId: uuidOf(contactId) },
        orderBy: [{ lastMessageAt: { sort: 'desc', nulls: 'last' } }, { id: 'desc' }],
        select: { channelId: true },
      }),
    );
    return row && idOf('channel', row.channelId);
  }

  /** Where a contact can be reached on a channel, or whoever it was merged into. @throws Fault `state/not-found` */
  async placeOf(workspaceId: WorkspaceId, contactId: ContactId, channelId: ChannelId): Promise<ContactPlace> {
    const workspace = { workspaceId: uuidOf(workspaceId) };
    return this.database.withWorkspace(workspaceId, async (tx) => {
      const named = await requireContact(tx, workspaceId, contactId);
      const { id, identities } =
        named.mergedInto === null
          ? named
          : await requireContact(tx, workspaceId, idOf('contact', named.mergedInto));
      const talk = await tx.conversation.findFirst({
        where: { ...workspace, contactId: id, channelId: uuidOf(channelId) },
        orderBy: [{ lastMessageAt: { sort: 'desc', nulls: 'last' } }, { id: 'desc' }],
        select: { id: true },
      });
      return {
        conversationId: talk && idOf('conversation', talk.id),
        addresses: identities.map(({ kind, value }) => ({ kind, value })),
      };
    });
  }

  /** Claims sends that are due. @throws Fault `store/unavailable` */
  async open(worker: string, limit: number, leaseMs: number): Promise<OpenSend[]> {
    const claims = await this.database.run<ClaimRow>('send-take', 'select * from send_take($1, $2, $3)', [
      worker,
      limit,
      leaseMs,
    ]);
    const opened: OpenSend[] = [];
    for (const { workspace_id: workspace, id, epoch } of claims) {
      const workspaceId = idOf('workspace', workspace);
      const found = await this.database.withWorkspace(workspaceId, async (tx) => {
        const row = await tx.send.findUnique({ where: { workspaceId_id: { workspaceId: workspace, id } } });
        return row && openOf(row, epoch, await statusesOf(tx, workspaceId, [row]));
      });
      if (found) opened.push(found);
    }
    return opened;
  }

  /** Whether a claim holds still: nobody has taken the send since, and its lease is not over. */
  async isHeld(worker: string, { workspaceId, sendId, epoch }: OpenSend): Promise<boolean> {
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<unknown[]>`
        select 1 from send
         where workspace_id = ${uuidOf(workspaceId)}::uuid and id = ${uuidOf(sendId)}::uuid
           and epoch = ${epoch} and leased_by = ${worker} and due_at > clock_timestamp()`,
    );
    return rows.length > 0;
  }

  /**
   * Writes down what came of looking at a send.
   *
   * @returns false when the lease was lost: nothing was written
   */
  async record(worker: string, send: OpenSend, outcome: SendOutcome): Promise<boolean> {
    const workspace = uuidOf(send.workspaceId);
    const isDone = outcome.state !== 'sending';
    return this.database.withWorkspace(send.workspaceId, async (tx) => {
      const { count } = await tx.send.updateMany({
        where: { workspaceId: workspace, id: uuidOf(send.sendId), epoch: send.epoch, leasedBy: worker },
        data: {
          steps: storedSteps(outcome.steps),
          state: outcome.state,
          leasedBy: null,
          reason: isDone ? outcome.reason : null,
          dueAt: isDone ? null : new Date(Date.now() + outcome.againMs),
          doneAt: isDone ? new Date() : null,
        },
      });
      const withdrawn = (outcome.withdrawn ?? []).map((id) => uuidOf(id));
      if (count > 0 && withdrawn.length > 0) {
        // Whoever claims them next sees that their time is over; what is under way at this moment is not touched.
        await tx.$executeRaw`
          update delivery set expires_at = least(expires_at, clock_timestamp()), due_at = least(due_at, clock_timestamp())
           where workspace_id = ${workspace}::uuid and message_id = any (${withdrawn}::uuid[]) and status = 'queued'`;
      }
      return count > 0;
    });
  }

  async #insert(
    workspaceId: WorkspaceId,
    sends: readonly (NewSend & { sendId: SendId })[],
    batchId: SendBatchId | null,
    dueAt: Date | null,
  ): Promise<void> {
    await this.database.withWorkspace(workspaceId, async (tx) => {
      await requireChannels(tx, workspaceId, sends);
      const contacts = await contactsFor(tx, workspaceId, sends);
      const data = sends.map((send, at): Prisma.SendCreateManyInput => ({
        workspaceId: uuidOf(workspaceId),
        id: uuidOf(send.sendId),
        batchId: batchId && uuidOf(batchId),
        contactId: contacts[at]!,
        content: [...send.contents],
        metadata: send.metadata,
        steps: storedSteps(send.steps),
        sendAt: send.sendAt,
        expiresAt: send.expiresAt,
        dueAt,
      }));
      await tx.send.createMany({ data, skipDuplicates: true });
    });
  }

  async #forgetBatch(key: { workspaceId: string; id: string }): Promise<void> {
    await this.database.withWorkspace(idOf('workspace', key.workspaceId), (tx) =>
      tx.sendBatch.deleteMany({ where: key }),
    );
  }
}

async function requireChannels(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  sends: readonly NewSend[],
): Promise<void> {
  const ids = [...new Set(sends.flatMap(({ steps }) => steps.map(({ channelId }) => uuidOf(channelId))))];
  const count = await tx.channel.count({ where: { workspaceId: uuidOf(workspaceId), id: { in: ids } } });
  if (count !== ids.length) throw unknown('/channels', 'There is no such channel.');
}

/** Nobody has begun with it, and nobody is about to. */
async function cancelWhere(tx: WorkspaceTransaction, where: Prisma.SendWhereInput): Promise<number> {
  const { count } = await tx.send.updateMany({
    where: { ...where, state: 'scheduled', leasedBy: null },
    data: { state: 'cancelled', dueAt: null, doneAt: new Date() },
  });
  return count;
}

async function requireRow(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  sendId: SendId,
): Promise<SendRow> {
  const key = { workspaceId: uuidOf(workspaceId), id: uuidOf(sendId) };
  const row = await tx.send.findUnique({ where: { workspaceId_id: key } });
  if (!row) throw fault('state/not-found', { facts: { sendId } });
  return row;
}

/** How far the messages of sends are, by UUID. */
async function statusesOf(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  rows: readonly SendRow[],
): Promise<Map<string, Message['status']>> {
  const ids = rows.flatMap((row) => stepsOf(row).flatMap(({ message }) => message ?? []));
  const found = await tx.message.findMany({
    where: { workspaceId: uuidOf(workspaceId), id: { in: ids } },
    select: { id: true, status: true },
  });
  return new Map(found.map(({ id, status }) => [id, status as Message['status']]));
}

const stepsOf = (row: SendRow): StoredStep[] => row.steps as unknown as StoredStep[];

function storedSteps(steps: readonly (PlannedStep & Partial<TriedStep>)[]): Prisma.InputJsonValue {
  return steps.map((step): StoredStep => ({
    channel: uuidOf(step.channelId),
    success: step.success,
    waitMs: step.waitMs,
    ...(step.at && { at: step.at.toISOString() }),
    ...(step.messageId && { message: uuidOf(step.messageId) }),
    ...(step.conversationId && { conversation: uuidOf(step.conversationId) }),
    ...(typeof step.skipped === 'string' && { skipped: step.skipped }),
  })) as unknown as Prisma.InputJsonValue;
}

function triedOf(step: StoredStep, statuses: ReadonlyMap<string, Message['status']>): TriedStep {
  return {
    channelId: idOf('channel', step.channel),
    success: step.success,
    waitMs: step.waitMs,
    at: step.at === undefined ? null : new Date(step.at),
    messageId: step.message === undefined ? null : idOf('message', step.message),
    conversationId: step.conversation === undefined ? null : idOf('conversation', step.conversation),
    status: statuses.get(step.message ?? '') ?? null,
    skipped: step.skipped ?? null,
  };
}

function openOf(row: SendRow, epoch: number, statuses: ReadonlyMap<string, Message['status']>): OpenSend {
  return {
    workspaceId: idOf('workspace', row.workspaceId),
    sendId: idOf('send', row.id),
    epoch,
    contactId: idOf('contact', row.contactId),
    contents: row.content as unknown as Content[],
    metadata: row.metadata as Record<string, string>,
    steps: stepsOf(row).map((step) => triedOf(step, statuses)),
    expiresAt: row.expiresAt,
  };
}

function sendOf(row: SendRow, statuses: ReadonlyMap<string, Message['status']>): Send {
  return {
    id: idOf('send', row.id),
    batch_id: row.batchId && idOf('sendBatch', row.batchId),
    contact_id: idOf('contact', row.contactId),
    parts: row.content as unknown as Send['parts'],
    metadata: row.metadata as Record<string, string>,
    state: row.state as Send['state'],
    reason: row.reason,
    channels: stepsOf(row)
      .map((step) => triedOf(step, statuses))
      .map((step) => ({
        channel_id: step.channelId,
        success: step.success,
        wait_seconds: step.waitMs / 1_000,
        begun_at: step.at?.toISOString() ?? null,
        conversation_id: step.conversationId,
        message_id: step.messageId,
        status: step.status,
        skipped: step.skipped,
      })),
    send_at: row.sendAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    created_at: row.createdAt.toISOString(),
    done_at: row.doneAt?.toISOString() ?? null,
  };
}
