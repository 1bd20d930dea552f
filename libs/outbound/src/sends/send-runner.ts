import { fault, isFault } from '#libs/faults';
import { type Content, type ConversationId, type JsonObject, type MessageId, uuidOf } from '#libs/model';
import { Logger } from '#libs/observe';
import { Pump } from '#libs/queue';
import {
  ChannelCache,
  Conversations,
  idOfOperation,
  Mailboxes,
  type OpenSend,
  type OperationId,
  type SendOutcome,
  Sends,
  type TriedStep,
} from '#libs/store';
import { Outbox } from '../outbox.js';
import { nextMove } from './next-move.js';
import { firstPlaceOf } from './send-place.js';

/** How a worker goes on with sends. */
export interface SendRunnerOptions {
  worker: string;
  leaseMs: number;
  sweepEveryMs: number;
  /** What the bot must remember of what it was not asked: the choices that a message offers. */
  stateAfter: (state: JsonObject, contents: readonly (readonly Content[])[]) => JsonObject;
}

/** Sends that one pass takes. */
const AT_ONCE = 20;
/** After something went wrong around a send. */
const RETRY_MS = 5_000;

/** What beginning a step came to. */
type Begun = { messageId: MessageId; conversationId: ConversationId } | { skipped: string };

/**
 * Goes on with sends when their time has come: begins the next channel, or looks how far the last one is. Whatever is cut
 * off is done again by another worker after the lease, and comes to the same message.
 */
export class SendRunner {
  readonly #pump: Pump;

  constructor(
    private readonly sends: Sends,
    private readonly channels: ChannelCache,
    private readonly conversations: Conversations,
    private readonly mailboxes: Mailboxes,
    private readonly outbox: Outbox,
    private readonly options: SendRunnerOptions,
    private readonly logger: Logger,
  ) {
    this.#pump = new Pump(() => this.#pass(), {
      sweepEveryMs: options.sweepEveryMs,
      onError: (error) => this.logger.fault(error, { loop: 'sends' }),
    });
  }

  start(): void {
    this.#pump.start();
  }

  /** Claims nothing more, and waits for what is under way. */
  stop(): Promise<void> {
    return this.#pump.stop();
  }

  async #pass(): Promise<void> {
    const { worker, leaseMs } = this.options;
    let count: number;
    do {
      const until = performance.now() + leaseMs / 2;
      const open = await this.sends.open(worker, AT_ONCE, leaseMs);
      count = open.length;
      for (const send of open) {
        // What this pass has no time for any more, another one takes after the lease.
        if (performance.now() > until) return;
        await this.sends.record(worker, send, await this.#goOn(send));
      }
    } while (count === AT_ONCE);
  }

  async #goOn(send: OpenSend): Promise<SendOutcome> {
    const { steps, expiresAt } = send;
    const move = nextMove(steps, expiresAt.getTime(), Date.now());
    const { withdraw: withdrawn } = move;
    if (move.do === 'finish') return { steps, withdrawn, state: move.state, reason: move.reason };
    if (move.do === 'wait') return { steps, withdrawn, state: 'sending', againMs: move.againMs };
    try {
      const begun = await this.#begin(send, move.index);
      const tried = steps.map((step, at) =>
        at === move.index ? { ...step, at: new Date(), ...begun } : step,
      );
      return { steps: tried, state: 'sending', againMs: 'skipped' in begun ? 0 : 200 };
    } catch (error) {
      this.logger.fault(error, { sendId: send.sendId });
      return { steps, state: 'sending', againMs: RETRY_MS };
    }
  }

  /** Says it on one channel. Done again, it finds the message that was made. */
  async #begin(send: OpenSend, index: number): Promise<Begun> {
    const { workspaceId, contents } = send;
    const { channelId } = send.steps[index] as TriedStep;
    const messageId = idOfOperation('message', uuidOf(send.sendId) as OperationId, String(index));
    // Looked for first: what was said before a crash was said, whatever has become of its conversation since. Whoever
    // is the first to claim a send finds nothing.
    const made = send.epoch > 1 ? await this.#made(send, messageId) : null;
    if (made) return made;
    const channel = await this.channels.load(channelId);
    if (!channel) return { skipped: 'The channel is gone.' };
    const conversationId = await this.#conversationFor(send, channel);
    if (conversationId === null) return { skipped: 'The contact has no address that this channel reaches.' };
    const place = await this.conversations.placeOf(workspaceId, conversationId);
    if (place.state === 'closed') return { skipped: 'The conversation is closed.' };
    const botState = this.options.stateAfter(place.botState, [contents]);
    // A worker that stood still for longer than its lease knows nothing of receipts that came meanwhile.
    if (!(await this.sends.isHeld(this.options.worker, send))) {
      throw fault('state/fenced', { facts: { sendId: send.sendId } });
    }
    try {
      await this.outbox.say({
        workspaceId,
        conversationId,
        channel,
        thread: place.thread,
        address: place.address,
        contents: [contents],
        author: 'api',
        messageIds: [messageId],
        metadata: send.metadata,
        ttlMs: Math.max(send.expiresAt.getTime() - Date.now(), 0),
        ...(botState !== place.botState && { botState }),
      });
      return { messageId, conversationId };
    } catch (error) {
      if (isFault(error, 'input/unsupported-content')) return { skipped: 'The channel cannot carry it.' };
      const other = isFault(error, 'state/already-exists') ? await this.#made(send, messageId) : null;
      if (!other) throw error;
      return other;
    }
  }

  /** The message of a step that an earlier run has begun; null when there is none. */
  async #made({ workspaceId }: OpenSend, messageId: MessageId): Promise<Begun | null> {
    try {
      const made = await this.conversations.messageById(workspaceId, messageId);
      return { messageId, conversationId: made.conversation_id };
    } catch (error) {
      if (isFault(error, 'state/not-found')) return null;
      throw error;
    }
  }

  async #conversationFor(
    { workspaceId, contactId }: OpenSend,
    channel: NonNullable<Awaited<ReturnType<ChannelCache['load']>>>,
  ): Promise<ConversationId | null> {
    const { channelId } = channel;
    const place = await this.sends.placeOf(workspaceId, contactId, channelId);
    if (place.conversationId !== null) return place.conversationId;
    const first = firstPlaceOf(channel, place);
    if (!first) return null;
    const { thread, address } = first;
    const opened = await this.mailboxes.openConversation({ workspaceId, channelId, thread, from: address });
    return opened.conversationId;
  }
}
