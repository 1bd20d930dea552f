import { Injectable } from '@nestjs/common';
import { connectorOf } from '#libs/connectors';
import { fault } from '#libs/faults';
import type {
  Address,
  ContactId,
  Content,
  CreateSend,
  CreateSendBatch,
  Send,
  SendBatch,
  SendDryRun,
  WorkspaceId,
} from '#libs/model';
import { firstPlaceOf } from '#libs/outbound';
import {
  ChannelCache,
  Contacts,
  type ContactPlace,
  Conversations,
  type LoadedChannel,
  type NewSend,
  type OperationId,
  type PlannedStep,
  Sends,
} from '#libs/store';
import { contentsOf } from '../messages/spoken.js';

type Target = Pick<CreateSend, 'contact_id' | 'address'>;
type Plan = Omit<CreateSendBatch, 'to'>;

/** Lets programs speak to people who may not have written yet: planned over channels, and at a time. */
@Injectable()
export class SendService {
  constructor(
    private readonly sends: Sends,
    private readonly contacts: Contacts,
    private readonly channels: ChannelCache,
    private readonly conversations: Conversations,
  ) {}

  /** @throws Fault `input/invalid` when there is no such contact or channel, or none can be chosen */
  async create(
    workspaceId: WorkspaceId,
    body: CreateSend,
    operationId: OperationId | undefined,
  ): Promise<Send> {
    return this.sends.create(workspaceId, await this.#planned(workspaceId, body, body), operationId);
  }

  /** @throws Fault `input/invalid`, which names the first target that is wrong */
  async createBatch(
    workspaceId: WorkspaceId,
    { to, ...plan }: CreateSendBatch,
    operationId: OperationId | undefined,
  ): Promise<SendBatch> {
    const planned: NewSend[] = [];
    for (const { metadata, ...target } of to) {
      const one = await this.#planned(workspaceId, target, plan);
      planned.push({ ...one, metadata: { ...plan.metadata, ...metadata } });
    }
    return this.sends.createBatch(workspaceId, planned, operationId);
  }

  /** What each channel would send where, and why it would not. Writes nothing. */
  async dryRun(workspaceId: WorkspaceId, body: CreateSend): Promise<SendDryRun> {
    const { contents, steps } = await this.#planned(workspaceId, body, body);
    const channels: SendDryRun['channels'] = [];
    for (const { channelId } of steps) {
      const channel = await this.channels.load(channelId);
      if (!channel || channel.workspaceId !== workspaceId) throw noSuchChannel();
      channels.push(
        await this.#tryOn(workspaceId, channel, await this.#placeOf(workspaceId, body, channel), contents),
      );
    }
    return { channels };
  }

  async #planned(workspaceId: WorkspaceId, target: Target, plan: Plan): Promise<NewSend> {
    const sendAt = new Date(Math.max(Date.parse(plan.send_at ?? '') || 0, Date.now()));
    const to: ContactId | Address = target.contact_id ?? target.address!;
    return {
      to,
      contents: contentsOf(plan),
      metadata: plan.metadata,
      steps: plan.channels?.map(stepOf) ?? [await this.#lastChannel(workspaceId, target)],
      sendAt,
      expiresAt: new Date(sendAt.getTime() + plan.expires_in_seconds * 1_000),
    };
  }

  /** Without channels it goes where the contact wrote last. */
  async #lastChannel(workspaceId: WorkspaceId, { contact_id: contactId }: Target): Promise<PlannedStep> {
    const channelId = contactId && (await this.sends.lastChannel(workspaceId, contactId));
    if (channelId) return { channelId, success: 'sent', waitMs: 300_000 };
    const detail = 'Name the channels: nobody has written from there, so none can be chosen.';
    throw fault('input/invalid', { detail, errors: [{ pointer: '/channels', code: 'required', detail }] });
  }

  async #placeOf(
    workspaceId: WorkspaceId,
    target: Target,
    { channelId }: LoadedChannel,
  ): Promise<ContactPlace> {
    const contactId = target.contact_id ?? (await this.#contactAt(workspaceId, target.address!));
    if (contactId === null) return { conversationId: null, addresses: [target.address!] };
    return this.sends.placeOf(workspaceId, contactId, channelId);
  }

  async #contactAt(workspaceId: WorkspaceId, { kind, value }: Address): Promise<ContactId | null> {
    const { data } = await this.contacts.list(workspaceId, { limit: 100, order: 'asc' }, { address: value });
    const isTheirs = (one: Address): boolean => one.kind === kind && one.value === value;
    return data.find(({ identities }) => identities.some(isTheirs))?.id ?? null;
  }

  async #tryOn(
    workspaceId: WorkspaceId,
    channel: LoadedChannel,
    place: ContactPlace,
    contents: readonly Content[],
  ): Promise<SendDryRun['channels'][number]> {
    const { outbound } = connectorOf(channel.connector);
    const { conversationId } = place;
    const talk =
      conversationId === null ? null : await this.conversations.placeOf(workspaceId, conversationId);
    const at = talk ?? firstPlaceOf(channel, place);
    const shown = { channel_id: channel.channelId, address: at?.address?.value ?? null };
    if (!at)
      return { ...shown, refused: 'The contact has no address that this channel reaches.', result: null };
    const { parts, lost } = outbound.plan(contents, channel.settings);
    const to = {
      thread: at.thread,
      address: at.address,
      conversationId: conversationId ?? '',
      lastInboundAt: talk?.lastInbound?.at.getTime() ?? null,
      lastInboundRef: talk?.lastInbound?.ref ?? null,
    };
    const result = {
      parts: parts.map((part) => ({
        rendering: part.rendering,
        body: part.body,
        refused: outbound.refuses?.(part, to, channel.settings, Date.now()) ?? null,
      })),
      lost,
    };
    const hasRefused =
      at.address !== null && (await this.contacts.hasRefused(workspaceId, channel.channelId, at.address));
    const refused = hasRefused
      ? 'The person wants no messages there.'
      : parts.length === 0
        ? 'The channel cannot carry it.'
        : null;
    return { ...shown, refused, result };
  }
}

function stepOf(step: NonNullable<Plan['channels']>[number]): PlannedStep {
  return { channelId: step.channel_id, success: step.success, waitMs: step.wait_seconds * 1_000 };
}

function noSuchChannel() {
  const detail = 'There is no such channel.';
  return fault('input/invalid', { detail, errors: [{ pointer: '/channels', code: 'unknown', detail }] });
}
