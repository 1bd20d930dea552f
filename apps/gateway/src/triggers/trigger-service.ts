import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { GatewayConfig } from '#libs/config';
import { newWebhookSecret, verifyWebhook } from '#libs/connectors';
import { fault } from '#libs/faults';
import { InboundDoor } from '#libs/inbound';
import {
  ContactId,
  type ConversationId,
  CreateSend,
  type FiredTrigger,
  type Json,
  type Trigger,
  type TriggerAction,
  type TriggerId,
  type TriggerWithSecret,
  type TurnSignal,
  type WorkspaceId,
} from '#libs/model';
import {
  Bots,
  ChannelCache,
  Contacts,
  Conversations,
  Idempotency,
  type OperationId,
  type StoredTrigger,
  Triggers,
} from '#libs/store';
import { Config } from '../config-token.js';
import { parseJson } from '../http/parse-json.js';
import { SendService } from '../sends/send-service.js';
import { fillIn } from './fill-in.js';

/** A request that wants to fire a trigger. */
export interface TriggerRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

type Act<Kind> = Extract<TriggerAction, { kind: Kind }>;
interface Firing {
  workspaceId: WorkspaceId;
  trigger: StoredTrigger;
  /** Of the sender: the same one is one effect. */
  key: string;
  operationId: OperationId;
  payload: Json;
}

/** Lets other systems start a flow, tell a bot of something, or say something to a person. */
@Injectable()
export class TriggerService {
  constructor(
    private readonly triggers: Triggers,
    private readonly idempotency: Idempotency,
    private readonly sends: SendService,
    private readonly contacts: Contacts,
    private readonly conversations: Conversations,
    private readonly channels: ChannelCache,
    private readonly bots: Bots,
    private readonly door: InboundDoor,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /** With the address at which it is fired. */
  shown(trigger: StoredTrigger): Trigger {
    return { ...trigger, url: `${this.config.http.publicUrl}/v1/triggers/${trigger.id}` };
  }

  /** With a fresh secret, in clear this one time. */
  withSecret(made: { trigger: StoredTrigger; secret: string }): TriggerWithSecret {
    return { ...this.shown(made.trigger), secret: made.secret };
  }

  freshSecret(): string {
    return newWebhookSecret();
  }

  /**
   * Fires a trigger: once for each `webhook-id`, however often it is sent within a day.
   *
   * @throws Fault `access/invalid-signature` for a bad signature as for a trigger that does not exist;
   *   `state/conflict` when it is disabled, or its person has no conversation; `input/invalid` when something is missing
   */
  async fire(triggerId: TriggerId, request: TriggerRequest): Promise<FiredTrigger> {
    const opened = await this.triggers.opened(triggerId);
    const verdict = opened && verifyWebhook({ ...request, receivedAt: Date.now() }, opened.secrets);
    if (!opened || !verdict?.genuine) throw fault('access/invalid-signature', { facts: { triggerId } });
    const { workspaceId, trigger } = opened;
    if (trigger.state === 'disabled') throw fault('state/conflict', { detail: 'The trigger is disabled.' });
    const payload = parseJson(request.body) as Json;
    const key = request.headers['webhook-id'] ?? '';
    const scope = { workspaceId, principal: triggerId, key };
    const hash = createHash('sha256').update(request.body).digest('base64url');
    const begun = await this.idempotency.begin(workspaceId, triggerId, key, hash);
    if (begun.state === 'busy') throw fault('state/idempotency-in-progress', { retryAfterMs: 1_000 });
    if (begun.state === 'done') return begun.response as unknown as FiredTrigger;
    const { operationId } = begun;
    try {
      const fired = await this.#act({ workspaceId, trigger, key, operationId, payload });
      await this.triggers.noteFired(workspaceId, triggerId);
      await this.idempotency.finish(scope, operationId, 202, { ...fired });
      return fired;
    } catch (error) {
      await this.idempotency.abandon(scope, operationId).catch(() => undefined);
      throw error;
    }
  }

  #act(firing: Firing): Promise<FiredTrigger> {
    const { action } = firing.trigger;
    return action.kind === 'send' ? this.#send(firing, action) : this.#signal(firing, action);
  }

  async #send(firing: Firing, action: Act<'send'>): Promise<FiredTrigger> {
    const { workspaceId, payload, operationId } = firing;
    const body = CreateSend.safeParse({
      ...filledTarget(action.to, payload),
      text: fillIn(action.text, payload),
      metadata: action.metadata,
      ...(action.channels && { channels: action.channels.map((id) => ({ channel_id: id })) }),
    });
    if (!body.success) throw fault('input/invalid', { detail: body.error.issues[0]?.message ?? '' });
    const send = await this.sends.create(workspaceId, body.data, operationId);
    return {
      trigger_id: firing.trigger.id,
      contact_id: send.contact_id,
      send_id: send.id,
      conversation_id: null,
    };
  }

  async #signal(firing: Firing, action: Act<'flow' | 'event'>): Promise<FiredTrigger> {
    const { workspaceId, trigger, key, payload } = firing;
    const contactId = await this.#contactOf(workspaceId, filledTarget(action.to, payload));
    const conversationId = await this.#conversationOf(workspaceId, contactId, action);
    const place = await this.conversations.placeOf(workspaceId, conversationId);
    if (action.kind === 'flow') await this.#requireFlow(workspaceId, place.channelId, action.flow);
    const data = Object.fromEntries(
      Object.entries(action.fields).map(([name, text]) => [name, fillIn(text, payload)]),
    );
    const signal: TurnSignal =
      action.kind === 'flow'
        ? { kind: 'flow', flow: action.flow, fields: data }
        : { kind: 'event', name: action.event, data };
    const { channelId, thread } = place;
    await this.door.signal({ workspaceId, channelId }, thread, `trigger:${trigger.id}:${key}`, signal);
    return {
      trigger_id: trigger.id,
      contact_id: contactId,
      send_id: null,
      conversation_id: conversationId,
    };
  }

  async #contactOf(workspaceId: WorkspaceId, to: Target): Promise<ContactId> {
    if ('contact_id' in to) {
      const id = ContactId.safeParse(to.contact_id);
      if (!id.success) throw noConversation();
      return id.data;
    }
    const { kind, value } = to.address;
    const page = { limit: 50, order: 'desc' } as const;
    const { data } = await this.contacts.list(workspaceId, page, { address: value });
    const found = data.find(({ identities }) =>
      identities.some((one) => one.kind === kind && one.value === value),
    );
    if (!found) throw noConversation();
    return found.id;
  }

  async #conversationOf(
    workspaceId: WorkspaceId,
    contactId: ContactId,
    { channel_id: channelId }: Act<'flow' | 'event'>,
  ): Promise<ConversationId> {
    const page = { limit: 1, order: 'desc' } as const;
    const filter = { contactId, state: 'open' as const, channelId };
    const [talk] = (await this.conversations.list(workspaceId, page, filter)).data;
    if (!talk) throw noConversation();
    return talk.id;
  }

  async #requireFlow(
    workspaceId: WorkspaceId,
    channelId: Parameters<ChannelCache['load']>[0],
    flow: string,
  ): Promise<void> {
    const botId = (await this.channels.load(channelId))?.botId;
    const bot = botId && (await this.bots.definitionOf(workspaceId, botId));
    if (!bot || !bot.definition.flows?.some(({ id }) => id === flow)) {
      throw fault('state/conflict', { detail: `The bot of the conversation has no flow ${flow}.` });
    }
  }
}

type Target = { contact_id: string } | { address: { kind: string; value: string } };

function filledTarget(to: TriggerAction['to'], payload: Json): Target {
  if ('contact_id' in to) return { contact_id: fillIn(to.contact_id, payload) };
  return { address: { kind: fillIn(to.address.kind, payload), value: fillIn(to.address.value, payload) } };
}

const noConversation = (): Error =>
  fault('state/conflict', { detail: 'The person has no open conversation in which a bot could go on.' });
