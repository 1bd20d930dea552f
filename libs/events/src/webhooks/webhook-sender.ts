import { type EgressFetch, signWebhook } from '#libs/connectors';
import { fault, toFault } from '#libs/faults';
import type { ConversationId, Handover, WebhookAttempt, WebhookDeliveryId, WorkspaceId } from '#libs/model';
import { Logger } from '#libs/observe';
import { type Claimed, ClaimLoop } from '#libs/queue';
import type { Conversations, OpenWebhook, WebhookDeliveries, WebhookOutcome } from '#libs/store';
import { judgeAnswer, type ReceiverAnswer } from './judge-answer.js';
import { writePayload } from './payload.js';

export interface WebhookSenderOptions {
  /** Name of this incarnation of the worker; no two processes ever share one. */
  worker: string;
  leaseMs: number;
  sweepEveryMs: number;
  /** Webhooks that this worker sends at the same time. */
  sends?: number;
  /** Most of one endpoint at the same time, over all workers. */
  each?: number;
  /** What whoever takes a conversation over wants to know, for endpoints that include it. */
  handoverOf: (workspaceId: WorkspaceId, conversationId: ConversationId) => Promise<Handover>;
  /** Longest time one receiver may take. */
  timeoutMs?: number;
}

/** Longest pause between two looks, also when nobody says that something happened. */
const SWEEP_MS = 500;
/** What happens within it is looked for together: many events a second cost a few looks. */
const GATHER_MS = 50;
/**
 * One endpoint takes at most this part of what is free, and so much stays free at each look: however slow some receivers are,
 * the quick ones find a place.
 */
const SHARE_OF_FREE = 1 / 4;
/** The events with which a hand-over comes along. */
const handovers = new Set<string>(['handoff.requested', 'control.changed']);
/** Messages of a transcript. */
const TRANSCRIPT = 50;
/** Characters of an answer that are kept. */
const ANSWER_CHARS = 1_000;
/** Pause after something of ours was in the way, for example a secret that does not open. */
const UNSENDABLE_RETRY_MS = 60_000;
const USER_AGENT = 'Parley-Webhooks/1';

/**
 * Sends webhooks: claims what is due, writes its body once, signs and posts it, and records what came back. At least once
 * and always under the same `webhook-id`: a worker that dies between the answer and the record sends again.
 */
export class WebhookSender {
  readonly #loop: ClaimLoop<WebhookDeliveryId, OpenWebhook>;
  readonly #each: number;
  readonly #timeoutMs: number;
  #gathering: NodeJS.Timeout | undefined;

  constructor(
    private readonly webhooks: WebhookDeliveries,
    private readonly conversations: Conversations,
    private readonly fetch: EgressFetch,
    private readonly options: WebhookSenderOptions,
    private readonly logger: Logger,
  ) {
    this.#each = options.each ?? 10;
    this.#timeoutMs = options.timeoutMs ?? 20_000;
    const { worker, leaseMs, sweepEveryMs, sends: atOnce = 64 } = options;
    this.#loop = new ClaimLoop(
      {
        name: 'webhooks',
        leaseMs,
        sweepEveryMs: Math.min(sweepEveryMs, SWEEP_MS),
        atOnce,
        idOf: ({ deliveryId }) => deliveryId,
        contextOf: ({ workspaceId }) => ({ workspaceId }),
        claim: (free) => this.#claim(free),
        renew: (items) => this.webhooks.renew(worker, leaseMs, items),
        work: (claimed) => this.#handle(claimed),
      },
      logger,
    );
  }

  start(): void {
    this.#loop.start();
  }

  /** Looks for webhooks to send. @returns when a look that began after this call has ended */
  poke(): Promise<void> {
    return this.#loop.poke();
  }

  /** Something happened that an endpoint may want to know. */
  changed(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.poke();
    }, GATHER_MS);
  }

  /** Claims nothing more, and gives up what is under way: it is sent again, under the same id. */
  async stop(): Promise<void> {
    clearTimeout(this.#gathering);
    await this.#loop.stop();
  }

  async #claim(free: number): Promise<OpenWebhook[]> {
    const { worker, leaseMs } = this.options;
    const share = Math.max(1, Math.floor(free * SHARE_OF_FREE));
    const limit = Math.max(1, free - share);
    const claimed = await this.webhooks.open(worker, limit, Math.min(this.#each, share), leaseMs);
    if (claimed.length === limit) void this.poke();
    if (claimed.length === 0) await this.webhooks.endLeft();
    return claimed;
  }

  async #handle(claimed: Claimed<OpenWebhook>): Promise<void> {
    const { item: webhook, lost } = claimed;
    const outcome = await this.#send(claimed).catch((thrown: unknown) => this.#unsendable(webhook, thrown));
    if (!outcome || lost.signal.aborted) return;
    await this.webhooks.record(this.options.worker, webhook, outcome);
  }

  /** Nothing was sent, and it is not the receiver's failure: an event that is gone ends it, all else is tried again. */
  #unsendable({ deliveryId }: OpenWebhook, thrown: unknown): WebhookOutcome {
    this.logger.fault(thrown, { webhookDeliveryId: deliveryId });
    const isGone = toFault(thrown).code === 'state/gone';
    return { status: isGone ? 'failed' : 'pending', waitMs: UNSENDABLE_RETRY_MS, attempt: null, body: null };
  }

  /** @returns null when it is no longer ours to send */
  async #send(claimed: Claimed<OpenWebhook>): Promise<WebhookOutcome | null> {
    const { item: webhook, lost } = claimed;
    const body = webhook.body ?? (await this.#write(webhook));
    const secrets = await this.webhooks.secretsOf(webhook);
    if (!(await this.#loop.isOurs(claimed))) return null;
    const now = Date.now();
    const begun = performance.now();
    const { answer, text } = await this.#post(webhook, body, secrets, lost.signal);
    // What a stopping worker gives up is nobody's failure.
    if (answer.status === null && this.#loop.stopping.aborted) {
      return { status: 'pending', waitMs: 0, attempt: null, body };
    }
    const { error, ...judgement } = judgeAnswer(answer, webhook.attempts, Math.random(), Date.now());
    const attempt: WebhookAttempt = {
      at: new Date(now).toISOString(),
      ms: Math.round(performance.now() - begun),
      status: answer.status,
      error,
      answer: text,
    };
    return { ...judgement, attempt, body };
  }

  async #post(
    webhook: OpenWebhook,
    body: string,
    secrets: readonly string[],
    lost: AbortSignal,
  ): Promise<{ answer: ReceiverAnswer; text: string | null }> {
    try {
      const answer = await this.fetch(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': USER_AGENT,
          ...signWebhook({ id: webhook.deliveryId, now: Date.now(), body }, secrets),
        },
        body,
        timeoutMs: this.#timeoutMs,
        signal: AbortSignal.any([lost, this.#loop.stopping]),
      });
      return { answer, text: answer.text().slice(0, ANSWER_CHARS) };
    } catch (thrown) {
      return { answer: { status: null, error: toFault(thrown).detail }, text: null };
    }
  }

  /** The body, from the event log: the same bytes are sent at every attempt. */
  async #write(webhook: OpenWebhook): Promise<string> {
    const { workspaceId, logged, include } = webhook;
    if (!logged) return writePayload({ webhook, data: webhook.data, context: null, transcript: null });
    const { conversationId, seq } = logged;
    const [event] = await this.conversations.eventsAfter(workspaceId, conversationId, seq - 1, 1);
    const wantsContext = include.includes('contact') || include.includes('metadata');
    const context = wantsContext ? await this.webhooks.contextOf(workspaceId, conversationId) : null;
    if (event?.seq !== seq || (wantsContext && !context))
      throw fault('state/gone', { detail: 'The event is not kept any more.' });
    const page = { limit: TRANSCRIPT, order: 'desc' as const };
    const transcript = include.includes('transcript')
      ? (await this.conversations.messages(workspaceId, conversationId, page)).data.toReversed()
      : null;
    const isHandover = include.includes('handover') && handovers.has(event.type);
    const handover = isHandover ? await this.options.handoverOf(workspaceId, conversationId) : null;
    const data = handover ? { ...event.data, handover } : event.data;
    return writePayload({ webhook, data, context, transcript });
  }
}
