import { Injectable } from '@nestjs/common';
import { Fault } from '#libs/faults';
import {
  idOf,
  newId,
  uuidOf,
  type Address,
  type ChannelId,
  type Content,
  type ConversationId,
  type DeliveryId,
  type InboundEvent,
  type SignalEvent,
  type InboxEventId,
  type JsonObject,
  type MailboxId,
  type MessageId,
  type Owner,
  type TurnMessage,
  type WorkspaceId,
} from '#libs/model';
import { crashPoint } from '#libs/observe';
import { Database } from '../database.js';
import { flattenCommit, type CommitItem } from './commit-item.js';
import { GroupCommit, type Outcome } from './group-commit.js';
import { safeJson } from './safe-json.js';

/** An inbox event as its mailbox's owner reads it. */
export interface PendingEvent {
  inboxEventId: InboxEventId;
  event: InboundEvent | SignalEvent;
  /** Failed attempts so far. */
  attempts: number;
  /** Set when an earlier run recorded it already: it is being replayed. */
  messageId: MessageId | null;
}

/** A conversation as a turn needs it. */
export interface OpenConversation {
  conversationId: ConversationId;
  contactId: string;
  contactName: string | null;
  attributes: JsonObject;
  address: Address | null;
  owner: Owner;
  controlVersion: number;
  botState: JsonObject;
  hasReplies: boolean;
  lastMessageSeq: number;
  answeredSeq: number;
  /** Stored messages that have had no turn, oldest first. */
  unanswered: WaitingMessage[];
}

/** A stored message that has had no turn, with its place in the conversation. */
export type WaitingMessage = TurnMessage & { seq: number };

/** A mailbox that this process owns until its lease ends. */
export interface OpenMailbox {
  workspaceId: WorkspaceId;
  mailboxId: MailboxId;
  channelId: ChannelId;
  /** The thread, or null for a lane of receipts. */
  thread: string | null;
  epoch: number;
  /** Failures in a row, for the back-off. */
  failures: number;
  /** In sequence; at most 50, the rest comes with the next claim. */
  events: PendingEvent[];
  /** Null until the thread's first message made one. */
  conversation: OpenConversation | null;
}

/** A conversation that must exist before its first message is recorded. */
export interface NewConversation {
  workspaceId: WorkspaceId;
  channelId: ChannelId;
  thread: string;
  from: Address;
}

/** How a commit ended. */
export interface CommitResult {
  /** `fenced`: the lease was lost, someone else does the work. `superseded`: the owner changed meanwhile; look again. */
  outcome: 'ok' | 'fenced' | 'superseded';
  /** The mailbox was released and is due again at once. */
  hasMore: boolean;
}

/** One provider's word on one of our sends. */
export interface ReceiptRow {
  channelId: ChannelId;
  providerRef: string;
  status: 'sent' | 'delivered' | 'read' | 'failed';
  error: JsonObject | null;
}

interface ConversationRow {
  id: string;
  contactId: string;
  contactName: string | null;
  attributes: JsonObject;
  addressKind: string | null;
  addressValue: string | null;
  owner: Owner;
  controlVersion: number;
  botState: JsonObject;
  hasReplies: boolean;
  lastMessageSeq: number;
  answeredSeq: number;
  unanswered: { id: string; seq: number; content: Content[]; at: string }[] | null;
}

interface MailboxRow {
  workspaceId: string;
  id: string;
  channelId: string;
  key: string;
  epoch: number;
  failures: number;
  events: { id: string; event: InboundEvent; attempts: number; messageId: string | null }[] | null;
  conversation: ConversationRow | null;
}

/** The mailboxes that workers drain, and the commit in which a drain ends. */
@Injectable()
export class Mailboxes {
  readonly #database: Database;
  readonly #openings: GroupCommit<NewConversation, OpenConversation>;
  readonly #commits: GroupCommit<{ worker: string; item: CommitItem }, CommitResult>;

  constructor(database: Database) {
    this.#database = database;
    this.#openings = new GroupCommit((wanted) => this.#openTogether(wanted), {
      itemsMax: 64,
      groupsMax: 1,
      waitingMax: 10_000,
    });
    this.#commits = new GroupCommit((items) => this.#commit(items), {
      itemsMax: 64,
      groupsMax: 2,
      waitingMax: 10_000,
    });
  }

  /**
   * Claims mailboxes that are due, with what their next step needs.
   *
   * @param worker  name of this incarnation of the process; every later write must come under it
   * @throws Fault `store/unavailable`
   */
  async open(worker: string, limit: number, leaseMs: number): Promise<OpenMailbox[]> {
    const rows = await this.#database.run<{ box: MailboxRow }>(
      'mailbox_open',
      'select box from mailbox_open($1, $2, $3) as box',
      [worker, limit, leaseMs],
    );
    if (rows.length > 0) crashPoint('mailbox.after-claim');
    return rows.map(({ box }) => ({
      workspaceId: idOf('workspace', box.workspaceId),
      mailboxId: idOf('mailbox', box.id),
      channelId: idOf('channel', box.channelId),
      thread: box.key.startsWith('t:') ? box.key.slice(2) : null,
      epoch: box.epoch,
      failures: box.failures,
      events: (box.events ?? []).map((row) => ({
        inboxEventId: idOf('inboxEvent', row.id),
        event: row.event,
        attempts: row.attempts,
        messageId: row.messageId === null ? null : idOf('message', row.messageId),
      })),
      conversation: box.conversation && toConversation(box.conversation),
    }));
  }

  /**
   * Makes the contact and the conversation of a first message; two workers meeting the same person make one contact.
   *
   * @throws Fault `store/unavailable`
   */
  openConversation(wanted: NewConversation): Promise<OpenConversation> {
    return this.#openings.add(wanted);
  }

  async #openTogether(wanted: NewConversation[]): Promise<Outcome<OpenConversation>[]> {
    const items = wanted.map((one, i) => ({
      i,
      w: uuidOf(one.workspaceId),
      ch: uuidOf(one.channelId),
      thread: one.thread,
      c: uuidOf(newId('conversation')),
      k: uuidOf(newId('contact')),
      d: uuidOf(newId('identity')),
      kind: one.from.kind,
      value: one.from.value,
      name: one.from.name ?? null,
    }));
    const workspaces = [...new Set(items.map((item) => item.w))].join(',');
    const rows = await this.#database.run<{ made: { i: number; conversation: ConversationRow } }>(
      'conversation_open',
      'select made from conversation_open($1, $2) as made',
      [workspaces, safeJson(items)],
    );
    const byItem = new Map(rows.map(({ made }) => [made.i, made.conversation]));
    return items.map((item) => ({ ok: toConversation(byItem.get(item.i)!) }));
  }

  /**
   * Writes what came of one mailbox or conversation, together with whatever else is ready at that moment.
   *
   * @throws Fault `store/unavailable`: nothing is certain, the lease will lapse and the work is done again
   */
  commit(worker: string, item: CommitItem): Promise<CommitResult> {
    return this.#commits.add({ worker, item });
  }

  async #commit(items: { worker: string; item: CommitItem }[]): Promise<Outcome<CommitResult>[]> {
    try {
      return (await this.#commitTogether(items)).map((ok) => ({ ok }));
    } catch (error) {
      if (items.length === 1 || (error instanceof Fault && error.code === 'store/unavailable')) throw error;
      const outcomes: Outcome<CommitResult>[] = [];
      for (const item of items) {
        outcomes.push(
          await this.#commitTogether([item]).then(
            ([ok]) => ({ ok: ok! }),
            (error: unknown) => ({ error }),
          ),
        );
      }
      return outcomes;
    }
  }

  /** Gateway and worker never share a process, so one group has one worker; items without a mailbox go by themselves. */
  async #commitTogether(items: { worker: string; item: CommitItem }[]): Promise<CommitResult[]> {
    const outcomes = new Map<number, CommitResult>();
    const indexed = items.map(({ worker, item }, i) => ({ worker, item, i }));
    for (const withMailbox of [true, false]) {
      const group = indexed.filter(({ item }) => (item.mailbox !== undefined) === withMailbox);
      if (group.length === 0) continue;
      const workspaces = [...new Set(group.map(({ item }) => uuidOf(item.workspaceId)))].join(',');
      const [row] = await this.#database.run<{
        done: { ok: number[]; superseded: number[]; more: number[] };
      }>('mailbox_commit', 'select mailbox_commit($1, $2, $3) as done', [
        workspaces,
        group[0]!.worker,
        safeJson(flattenCommit(group)),
      ]);
      const { ok, superseded, more } = row!.done;
      for (const i of ok) outcomes.set(i, { outcome: 'ok', hasMore: more.includes(i) });
      for (const i of superseded) outcomes.set(i, { outcome: 'superseded', hasMore: false });
    }
    return indexed.map(({ i }) => outcomes.get(i) ?? { outcome: 'fenced', hasMore: false });
  }

  /**
   * Records receipts of one lane and marks their events as done.
   *
   * @returns whether the lane was still ours, and the conversations in which something changed
   * @throws Fault `store/unavailable`
   */
  async commitReceipts(
    worker: string,
    box: OpenMailbox,
    receipts: readonly ReceiptRow[],
  ): Promise<{ outcome: CommitResult['outcome']; conversationIds: ConversationId[] }> {
    crashPoint('receipt.before-record');
    const w = uuidOf(box.workspaceId);
    const p = {
      mailboxes: [{ i: 0, id: uuidOf(box.mailboxId), e: box.epoch }],
      done: box.events.map((event) => ({ i: 0, w, id: uuidOf(event.inboxEventId) })),
      receipts: receipts.map((receipt) => ({
        i: 0,
        w,
        id: uuidOf(newId('inboxEvent')),
        ch: uuidOf(receipt.channelId),
        ref: receipt.providerRef,
        status: receipt.status,
        error: receipt.error,
      })),
    };
    const [row] = await this.#database.run<{ done: { ok: number[]; conversations: string[] } }>(
      'receipt_commit',
      'select receipt_commit($1, $2, $3) as done',
      [w, worker, safeJson(p)],
    );
    return {
      outcome: row!.done.ok.length > 0 ? 'ok' : 'fenced',
      conversationIds: row!.done.conversations.map((uuid) => idOf('conversation', uuid)),
    };
  }

  /**
   * Keeps the leases of mailboxes whose turn takes long.
   *
   * @returns those that are still ours
   * @throws Fault `store/unavailable`
   */
  async renew(
    worker: string,
    leaseMs: number,
    held: readonly { workspaceId: WorkspaceId; mailboxId: MailboxId; epoch: number }[],
  ): Promise<Set<MailboxId>> {
    const workspaces = [...new Set(held.map((box) => uuidOf(box.workspaceId)))].join(',');
    const boxes = JSON.stringify(held.map((box) => ({ id: uuidOf(box.mailboxId), e: box.epoch })));
    const rows = await this.#database.run<{ id: string }>(
      'mailbox_renew',
      'select mailbox_renew($1, $2, $3, $4) as id',
      [workspaces, worker, leaseMs, boxes],
    );
    return new Set(rows.map((row) => idOf('mailbox', row.id)));
  }

  /** Messages before the unanswered ones, oldest first, at most `limit`. */
  async history(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    limit: number,
  ): Promise<TurnMessage[]> {
    const rows = await this.#database.withWorkspace(workspaceId, (tx) =>
      tx.message.findMany({
        where: { workspaceId: uuidOf(workspaceId), conversationId: uuidOf(conversationId), deletedAt: null },
        orderBy: { seq: 'desc' },
        take: Math.min(Math.max(limit, 1), 200),
      }),
    );
    return rows.toReversed().map((row) => ({
      messageId: idOf('message', row.id),
      direction: row.direction as 'in' | 'out',
      content: row.content as unknown as Content[],
      sentAt: (row.sentAt ?? row.recordedAt).toISOString(),
    }));
  }

  /** The number of the last change of who may answer there; null when there is no such conversation. */
  async controlVersionOf(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<number | null> {
    const row = await this.#database.withWorkspace(workspaceId, (tx) =>
      tx.conversation.findUnique({
        where: { workspaceId_id: { workspaceId: uuidOf(workspaceId), id: uuidOf(conversationId) } },
        select: { controlVersion: true },
      }),
    );
    return row?.controlVersion ?? null;
  }

  /** Gives sends the reference under which the provider knows them, where its answer never came. */
  async nameSends(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    named: readonly { deliveryId: DeliveryId; providerRef: string }[],
  ): Promise<void> {
    await this.#database.withWorkspace(workspaceId, async (tx) => {
      for (const { deliveryId, providerRef } of named) {
        await tx.delivery.updateMany({
          where: {
            workspaceId: uuidOf(workspaceId),
            id: uuidOf(deliveryId),
            channelId: uuidOf(channelId),
            providerRef: null,
          },
          data: { providerRef },
        });
      }
    });
  }

  /** Writes down whether people take messages from a channel; the last word of each address counts. */
  async keepConsent(
    workspaceId: WorkspaceId,
    channelId: ChannelId,
    said: readonly { address: Address; state: 'opted-in' | 'opted-out' }[],
  ): Promise<void> {
    const [workspace, channel] = [uuidOf(workspaceId), uuidOf(channelId)];
    await this.#database.withWorkspace(workspaceId, async (tx) => {
      for (const { address, state } of said) {
        await tx.$executeRaw`
          insert into consent (workspace_id, channel_id, address_kind, address_value, state)
          values (${workspace}::uuid, ${channel}::uuid, ${address.kind}, ${address.value}, ${state})
          on conflict (workspace_id, channel_id, address_kind, address_value)
          do update set state = excluded.state, source = 'person', changed_at = now()`;
      }
    });
  }

  /** The messages of a conversation that a provider knows under these ids; unknown ones are left out. */
  async messagesByProviderId(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    providerIds: readonly string[],
  ): Promise<Map<string, MessageId>> {
    const rows = await this.#database.withWorkspace(workspaceId, (tx) =>
      tx.message.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          conversationId: uuidOf(conversationId),
          providerId: { in: [...providerIds] },
        },
        select: { id: true, providerId: true },
      }),
    );
    return new Map(rows.map((row) => [row.providerId!, idOf('message', row.id)]));
  }
}

function toConversation(row: ConversationRow): OpenConversation {
  return {
    conversationId: idOf('conversation', row.id),
    contactId: idOf('contact', row.contactId),
    contactName: row.contactName,
    attributes: row.attributes,
    address:
      row.addressKind !== null && row.addressValue !== null
        ? { kind: row.addressKind, value: row.addressValue }
        : null,
    owner: row.owner,
    controlVersion: row.controlVersion,
    botState: row.botState,
    hasReplies: row.hasReplies,
    lastMessageSeq: row.lastMessageSeq,
    answeredSeq: row.answeredSeq,
    unanswered: (row.unanswered ?? []).map((message) => ({
      messageId: idOf('message', message.id),
      seq: message.seq,
      direction: 'in',
      content: message.content,
      sentAt: new Date(message.at).toISOString(),
    })),
  };
}
