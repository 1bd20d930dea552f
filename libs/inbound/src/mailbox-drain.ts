import { setTimeout as sleep } from 'node:timers/promises';
import { connectorOf } from '#libs/connectors';
import { Fault, fault, timeLimit } from '#libs/faults';
import {
  idOf,
  isId,
  uuidOf,
  type ConversationId,
  type InboxEventId,
  type MailboxId,
  type MessageId,
} from '#libs/model';
import { crashPoint, Logger, Metrics, newRequestId, withContext } from '#libs/observe';
import { LeaseKeeper, Pump, type Held } from '#libs/queue';
import {
  ChannelCache,
  Mailboxes,
  type CommitItem,
  type CommitResult,
  type LoadedChannel,
  type OpenConversation,
  type OpenMailbox,
  type PendingEvent,
} from '#libs/store';
import { fold, mentionedIds, type Folded } from './fold.js';
import { joinParts, type Joined } from './join-parts.js';
import type { CommitSignals } from './ports.js';
import { ThinkingTurns } from './thinking-turns.js';
import { turnScope, type TurnScope } from './turn-scope.js';
import { failedTurn, type TurnPart, type TurnStep } from './turn-step.js';

export interface DrainOptions {
  /** Name of this incarnation of the worker; no two processes ever share one. */
  worker: string;
  /** Mailboxes handled at the same time. */
  turns: number;
  turnTimeoutMs: number;
  leaseMs: number;
  sweepEveryMs: number;
  /** How long a turn may take before its messages are shown without waiting for it. */
  patienceMs?: number;
  /** Failed turns before the message counts as dead. */
  attemptsMax?: number;
}

/** How often a paused channel's mailboxes are looked at again. */
const PAUSED_RETRY_MS = 5_000;
/** How soon a turn is tried again that the database or the end of its worker cut short. */
const STORE_RETRY_MS = 500;
const PASS_MAX = 64;

interface HeldMailbox extends Held {
  box: OpenMailbox;
}

/**
 * Drains mailboxes: claims what is due, records what people said, lets the bot answer, and writes it all in one commit.
 * Only the owner of a mailbox's lease writes; a lease that is lost costs work, never a message.
 */
export class MailboxDrain {
  readonly #pump: Pump;
  readonly #leases: LeaseKeeper<MailboxId, HeldMailbox>;
  readonly #active = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #thinking = new ThinkingTurns();
  readonly #patienceMs: number;
  readonly #attemptsMax: number;

  constructor(
    private readonly mailboxes: Mailboxes,
    private readonly channels: ChannelCache,
    private readonly turnStep: TurnStep,
    private readonly signals: CommitSignals,
    private readonly options: DrainOptions,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    this.#patienceMs = options.patienceMs ?? 40;
    this.#attemptsMax = options.attemptsMax ?? 5;
    this.#pump = new Pump(() => this.#pass(), {
      sweepEveryMs: options.sweepEveryMs,
      onError: (error) => this.logger.fault(error, { loop: 'mailboxes' }),
    });
    this.#leases = new LeaseKeeper(options.leaseMs, (held) =>
      this.mailboxes.renew(
        options.worker,
        options.leaseMs,
        held.map(({ box }) => box),
      ),
    );
  }

  start(): void {
    this.#pump.start();
  }

  /** Looks for due mailboxes. @returns when a look that began after this call has ended */
  poke(): Promise<void> {
    return this.#pump.poke();
  }

  /** Claims nothing more, lets what runs end, and aborts what takes longer than `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    await this.#pump.stop();
    const timer = setTimeout(() => {
      this.#stopping.abort(fault('state/unavailable', { detail: 'The worker is stopping.' }));
    }, graceMs);
    await Promise.allSettled(this.#active);
    clearTimeout(timer);
    this.#leases.stop();
  }

  /**
   * Ends turns over conversations that somebody took over: what the bot would go on to say, call and cost is of no use any
   * more. Best effort: its commit would be refused anyway.
   *
   * @param ids  conversations in which something has happened
   */
  async changed(ids: readonly ConversationId[]): Promise<void> {
    try {
      for (const turn of this.#thinking.of(ids)) {
        const { workspaceId, conversationId, controlVersion } = turn;
        const now = await this.mailboxes.controlVersionOf(workspaceId, conversationId);
        if (now !== controlVersion)
          turn.takenOver.abort(fault('state/conflict', { facts: { conversationId } }));
      }
    } catch (error) {
      this.logger.fault(error, { during: 'a look at who has a conversation' });
    }
  }

  async #pass(): Promise<void> {
    for (;;) {
      const free = Math.min(this.options.turns - this.#active.size, PASS_MAX);
      if (free <= 0) {
        await Promise.race(this.#active);
        continue;
      }
      const boxes = await this.mailboxes.open(this.options.worker, free, this.options.leaseMs);
      for (const box of boxes) this.#begin(box);
      if (boxes.length < free) return;
    }
  }

  #begin(box: OpenMailbox): void {
    const held: HeldMailbox = { box, lost: new AbortController() };
    this.#leases.hold(box.mailboxId, held);
    const work = withContext(
      { requestId: newRequestId(), workspaceId: box.workspaceId, channelId: box.channelId },
      () => this.#handle(box, held.lost.signal),
    )
      .catch((error: unknown) => this.logger.fault(error, { mailbox: box.mailboxId }))
      .finally(() => {
        this.#leases.release(box.mailboxId, held);
        this.#active.delete(work);
      });
    this.#active.add(work);
  }

  async #handle(opened: OpenMailbox, lost: AbortSignal): Promise<void> {
    if (opened.thread === null) return this.#handleReceipts(opened, lost);
    const joined = joinParts(opened.events, Date.now());
    const box: Joining = { ...opened, events: joined.events, wait: joined.wait };
    if (box.events.length === 0 && joined.wait !== null && !hasOwed(box)) {
      await this.#commit(box, lost, {});
      return;
    }
    const channel = await this.#untilStored(lost, () => this.channels.load(box.channelId));
    const first = box.events[0];
    if (!channel || (!box.conversation && !first)) {
      await this.#commit(box, lost, { done: ignoreAll(box.events, 'The channel is gone.') });
      return;
    }
    const conversation = box.conversation ?? (await this.#openConversation(box, first!, lost));
    const known = await this.#known(box, conversation, lost);
    await this.#keepConsent(box, lost);
    const folded = fold(box.events, known, new Date().toISOString());
    folded.done.push(...joined.absorbed);
    await this.#answer({ box, channel, conversation, folded, lost });
  }

  /** First what people said, then what the bot answers: in one commit when it is quick, else as soon as each is there. */
  async #answer(work: Work): Promise<void> {
    const { box, channel, conversation, folded, lost } = work;
    const scope = turnScope(conversation, folded, box.failures);
    if (scope.asked.length === 0 && scope.signals.length === 0) {
      // Nothing of it wants an answer: it counts as answered, so that no later turn takes it up.
      const isAnswered = folded.messages.length > 0;
      await this.#commit(box, lost, ingestPart(work, folded, { isAnswered, hasReplies: false }));
      return;
    }
    if (channel.state === 'paused') {
      const part = ingestPart(work, folded, { isAnswered: false, hasReplies: false });
      await this.#commit(box, lost, {
        ...part,
        mailbox: { retryMs: PAUSED_RETRY_MS, isCalm: true, owesTurn: true },
      });
      return;
    }
    const turn = this.#runTurn(work, scope);
    const quick = await Promise.race([turn, sleep(this.#patienceMs, 'slow' as const)]);
    if (quick !== 'slow') return this.#finish(work, scope, folded, quick);
    if (folded.done.length > 0) {
      const shown = ingestPart(work, folded, { isAnswered: false, hasReplies: false });
      const { outcome } = await this.#commit(box, lost, {
        ...shown,
        mailbox: { keepMs: this.options.leaseMs },
      });
      if (outcome !== 'ok') return;
    }
    this.signals.thinking(conversation.conversationId);
    return this.#finish(work, scope, null, await turn);
  }

  /** @param folded  what is still to be recorded; null when it was shown already */
  async #finish(work: Work, scope: TurnScope, folded: Folded | null, ended: TurnEnd): Promise<void> {
    const { box, conversation, lost } = work;
    const ingest = folded ? ingestPart(work, folded, { isAnswered: false, hasReplies: false }) : {};
    if ('superseded' in ended) return this.#finishSuperseded(work, ingest, ended.superseded);
    if ('failure' in ended) return this.#finishFailed(work, scope, folded, ended.failure);
    crashPoint('mailbox.after-turn-before-commit');
    const { outcome } = await this.#commit(box, lost, merge(ingest, conversation, ended.part, scope));
    if (outcome === 'superseded') {
      this.metrics.turnSeconds.observe({ outcome: 'fenced' }, ended.seconds);
      return this.#finishSuperseded(work, ingest, ended.part.turn);
    }
    this.metrics.turnSeconds.observe(
      { outcome: outcome === 'ok' ? (ended.part.turn?.outcome ?? 'silent') : 'fenced' },
      ended.seconds,
    );
  }

  /** Someone took the conversation over while the bot was thinking: its words are dropped, the person's stay, and so does why. */
  async #finishSuperseded(work: Work, ingest: CommitPart, turn: TurnPart['turn']): Promise<void> {
    const { conversationId } = work.conversation;
    await this.#commit(work.box, work.lost, {
      conversation: { conversationId, isAnswered: false, hasReplies: false },
      ...ingest,
      ...(turn && { turn: { ...turn, outcome: 'superseded' } }),
      mailbox: { owesTurn: true },
    });
  }

  async #finishFailed(work: Work, scope: TurnScope, folded: Folded | null, failure: unknown): Promise<void> {
    const { box, channel, conversation, lost } = work;
    if (lost.aborted) return; // someone else has the mailbox
    const ingest = folded ? ingestPart(work, folded, { isAnswered: false, hasReplies: false }) : {};
    this.logger.fault(failure, { conversationId: conversation.conversationId, failures: box.failures + 1 });
    if (isStoreAway(failure) || this.#stopping.signal.aborted) {
      const mailbox = { retryMs: STORE_RETRY_MS, isCalm: true, owesTurn: true };
      return void (await this.#commit(box, lost, { ...ingest, mailbox }));
    }
    // What fails together does not die together: each is tried by itself first.
    if (box.failures + 1 < this.#attemptsMax || !scope.isAlone) {
      const mailbox = { retryMs: backoffMs(box.failures), owesTurn: true };
      return void (await this.#commit(box, lost, { ...ingest, mailbox }));
    }
    this.metrics.turnSeconds.observe({ outcome: 'failed' }, 0);
    const turn = failedTurn(conversation, channel.botId, failure);
    const part = merge(ingest, conversation, turn, { ...scope, settles: [] });
    const reason = `The bot failed ${this.#attemptsMax} times: ${failure instanceof Fault ? failure.code : 'internal/bug'}.`;
    const dead = deadOf(scope).map((one) => ({
      ...one,
      status: 'dead' as const,
      reason,
      attempts: this.#attemptsMax,
    }));
    const ids = new Set(dead.map(({ inboxEventId }) => inboxEventId));
    part.done = [...(part.done ?? []).filter(({ inboxEventId }) => !ids.has(inboxEventId)), ...dead];
    await this.#commit(box, lost, part);
  }

  async #runTurn(work: Work, scope: Pick<TurnScope, 'asked' | 'signals' | 'later'>): Promise<TurnEnd> {
    const { box, channel, conversation, lost } = work;
    const began = performance.now();
    const thinking = this.#thinking.begin(box.workspaceId, conversation);
    const { takenOver } = thinking;
    const limit = timeLimit(this.options.turnTimeoutMs, lost, this.#stopping.signal, takenOver.signal);
    try {
      const part = await this.turnStep.run(box, channel, conversation, scope, limit.signal);
      return { part, seconds: (performance.now() - began) / 1_000 };
    } catch (failure) {
      if (takenOver.signal.aborted) {
        return { superseded: failedTurn(conversation, channel.botId, failure).turn };
      }
      return { failure };
    } finally {
      limit.end();
      this.#thinking.end(thinking);
    }
  }

  async #handleReceipts(box: OpenMailbox, lost: AbortSignal): Promise<void> {
    const receipts = box.events.flatMap(({ event }) =>
      event.kind === 'receipt'
        ? [
            {
              channelId: box.channelId,
              providerRef: event.provider_ref,
              status: event.status,
              error: event.error ? { code: event.error.code, provider: event.error } : null,
            },
          ]
        : [],
    );
    await this.#nameSends(box, lost);
    const { conversationIds } = await this.#untilStored(lost, () =>
      this.mailboxes.commitReceipts(this.options.worker, box, receipts),
    );
    for (const conversationId of conversationIds)
      this.signals.committed({ conversationId, hasDeliveries: false });
    if (box.events.length >= 50) void this.poke();
  }

  /** A send whose answer was lost has no reference yet; some providers name our key in their receipts. */
  async #nameSends(box: OpenMailbox, lost: AbortSignal): Promise<void> {
    const named = box.events.flatMap(({ event }) =>
      event.kind === 'receipt' && event.key !== undefined && isId('delivery', event.key)
        ? [{ deliveryId: event.key, providerRef: event.provider_ref }]
        : [],
    );
    if (named.length === 0) return;
    await this.#untilStored(lost, () => this.mailboxes.nameSends(box.workspaceId, box.channelId, named));
  }

  #openConversation(box: OpenMailbox, { event }: PendingEvent, lost: AbortSignal): Promise<OpenConversation> {
    const from = 'from' in event ? event.from : { kind: 'external', value: box.thread! };
    return this.#untilStored(lost, () =>
      this.mailboxes.openConversation({
        workspaceId: box.workspaceId,
        channelId: box.channelId,
        thread: box.thread!,
        from,
      }),
    );
  }

  async #known(box: OpenMailbox, conversation: OpenConversation, lost: AbortSignal) {
    const ids = mentionedIds(box.events);
    if (ids.length === 0) return new Map();
    return this.#untilStored(lost, () =>
      this.mailboxes.messagesByProviderId(box.workspaceId, conversation.conversationId, ids),
    );
  }

  /** Before the commit, and the same again when it is repeated: no send may slip through between the two. */
  async #keepConsent(box: OpenMailbox, lost: AbortSignal): Promise<void> {
    const said = box.events.flatMap(({ event }) =>
      event.kind === 'message' && event.consent ? [{ address: event.from, state: event.consent }] : [],
    );
    if (said.length === 0) return;
    await this.#untilStored(lost, () => this.mailboxes.keepConsent(box.workspaceId, box.channelId, said));
  }

  async #commit(box: Joining, lost: AbortSignal, part: CommitPart): Promise<CommitResult> {
    const item: CommitItem = {
      workspaceId: box.workspaceId,
      messages: [],
      edits: [],
      reactions: [],
      done: [],
      deliveries: [],
      log: [],
      ...part,
      mailbox: {
        mailboxId: box.mailboxId,
        epoch: box.epoch,
        ...(box.wait && { wait: box.wait }),
        ...part.mailbox,
      },
    };
    const result = await this.#untilStored(lost, () => this.mailboxes.commit(this.options.worker, item));
    crashPoint('mailbox.after-commit-before-wake');
    if (result.outcome === 'ok' && item.conversation) {
      this.signals.committed({
        conversationId: item.conversation.conversationId,
        hasDeliveries: item.deliveries.length > 0,
        hasMedia: (item.media ?? []).length > 0,
        hasErrands: (item.errands ?? []).length > 0,
      });
    }
    if (result.hasMore) void this.poke();
    return result;
  }

  /** While the database is away, what was worked out is kept and offered again, until someone else has the mailbox. */
  async #untilStored<T>(lost: AbortSignal, work: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        const isAway =
          error instanceof Fault && (error.code === 'store/unavailable' || error.code === 'store/conflict');
        if (!isAway || lost.aborted || tries > 150) throw error;
        await sleep(200);
      }
    }
  }
}

/** A mailbox whose parts of long messages are joined. */
type Joining = OpenMailbox & { wait?: Joined['wait'] };

/** Whether a turn is owed for what was recorded before. */
function hasOwed({ conversation }: OpenMailbox): boolean {
  return (conversation?.unanswered.length ?? 0) > 0;
}

interface Work {
  box: Joining;
  channel: LoadedChannel;
  conversation: OpenConversation;
  folded: Folded;
  lost: AbortSignal;
}

type TurnEnd =
  | { part: TurnPart; seconds: number }
  | { failure: unknown }
  /** Ended because somebody took the conversation over. */
  | { superseded: TurnPart['turn'] };

type CommitPart = Partial<Omit<CommitItem, 'workspaceId' | 'mailbox'>> & {
  mailbox?: Omit<NonNullable<CommitItem['mailbox']>, 'mailboxId' | 'epoch'>;
};

function ingestPart(
  { channel, conversation: { conversationId } }: Work,
  folded: Folded,
  conversation: { isAnswered: boolean; hasReplies: boolean },
): CommitPart {
  const { messages, edits, reactions, done, log } = folded;
  const media = folded.media.map((fetch) => ({ ...fetch, ...fetchedBy(channel, fetch.source) }));
  return { messages, edits, reactions, done, media, log, conversation: { conversationId, ...conversation } };
}

/** Who can fetch a file: where sends go over a connection, the provider's files come over it too. */
function fetchedBy({ channelId, connector, settings }: LoadedChannel, source: string) {
  const isHeld = connectorOf(connector).connection?.carriesSends(settings) ?? false;
  return { channelId, isOverConnection: isHeld && source.startsWith('media:') };
}

function merge(
  ingest: CommitPart,
  { conversationId }: OpenConversation,
  turn: TurnPart,
  { settles, throughSeq, owesMore }: Pick<TurnScope, 'settles' | 'throughSeq' | 'owesMore'>,
): CommitPart {
  const through = throughSeq === undefined ? {} : { answeredThrough: throughSeq };
  return {
    ...ingest,
    ...(owesMore && { mailbox: { owesTurn: true } }),
    conversation: { conversationId, ...turn.conversation, ...through },
    messages: [...(ingest.messages ?? []), ...turn.messages],
    log: [...(ingest.log ?? []), ...turn.log],
    deliveries: turn.deliveries,
    done: [...(ingest.done ?? []), ...settles],
    errands: turn.errands ?? [],
    ...(turn.contactFields && { contactFields: turn.contactFields }),
    ...(turn.turn && { turn: turn.turn }),
  };
}

function ignoreAll(events: readonly PendingEvent[], reason: string): CommitItem['done'] {
  return events.map(({ inboxEventId }) => ({ inboxEventId, status: 'ignored', reason }));
}

function backoffMs(failures: number): number {
  return Math.min(500 * 2 ** failures, 60_000);
}

/** The events that a failed turn was about. */
function deadOf({ asked, settles }: TurnScope): { inboxEventId: InboxEventId; messageId?: MessageId }[] {
  const messages = asked.map(({ messageId }) => ({ inboxEventId: inboxEventOf(messageId), messageId }));
  const ids = new Set(messages.map(({ inboxEventId }) => inboxEventId));
  return [...messages, ...settles.filter(({ inboxEventId }) => !ids.has(inboxEventId))];
}

function isStoreAway(failure: unknown): boolean {
  return failure instanceof Fault && failure.code === 'store/unavailable';
}

function inboxEventOf(messageId: MessageId): InboxEventId {
  return idOf('inboxEvent', uuidOf(messageId));
}
