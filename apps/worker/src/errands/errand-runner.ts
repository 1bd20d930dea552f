import type { CallOutcome } from '#libs/bot';
import type { InboundDoor } from '#libs/inbound';
import type { ConversationId, ErrandId, TurnSignal } from '#libs/model';
import { crashPoint, type Logger } from '#libs/observe';
import { type Claimed, ClaimLoop } from '#libs/queue';
import type { Errands, Offers, OpenErrand } from '#libs/store';
import type { CallRunner } from './call-runner.js';

/** Tries of a call that certainly did not arrive, or was told to come again. */
const TRIES = 3;
const AGAIN = new Set(['unreachable', 'http-429', 'http-502', 'http-503']);
const AT_ONCE = 8;

export interface ErrandOptions {
  /** Name of this incarnation of the worker; no two processes ever share one. */
  worker: string;
  leaseMs: number;
  sweepEveryMs: number;
}

/**
 * Does what turns left to be done: claims what is due, does it, puts what came of it into the conversation's mailbox, and
 * only then forgets it. A worker that dies in between leaves it to another one; the signal is known again by its key, and a
 * call is repeated under the same id.
 */
export class ErrandRunner {
  readonly #loop: ClaimLoop<ErrandId, OpenErrand>;

  constructor(
    private readonly errands: Errands,
    private readonly calls: CallRunner,
    private readonly offers: Pick<Offers, 'lapse' | 'giveBack'>,
    /** Tells those who follow a conversation that something happened in it. */
    private readonly changed: (conversationId: ConversationId) => void,
    private readonly door: InboundDoor,
    private readonly options: ErrandOptions,
    logger: Logger,
  ) {
    const { worker, leaseMs, sweepEveryMs } = options;
    this.#loop = new ClaimLoop(
      {
        name: 'errands',
        leaseMs,
        sweepEveryMs,
        atOnce: AT_ONCE,
        idOf: ({ errandId }) => errandId,
        contextOf: ({ workspaceId, channelId }) => ({ workspaceId, channelId }),
        claim: (free) => this.errands.open(worker, free, leaseMs),
        renew: (items) => this.errands.renew(worker, leaseMs, items),
        work: (claimed) => this.#do(claimed),
      },
      logger,
    );
  }

  start(): void {
    this.#loop.start();
  }

  /** Looks for errands. @returns when a look that began after this call has ended */
  poke(): Promise<void> {
    return this.#loop.poke();
  }

  /** Claims nothing more, and gives up what is under way: another worker does it. */
  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #do({ item: errand, lost }: Claimed<OpenErrand>): Promise<void> {
    const outcome = await this.#outcome(errand, lost.signal);
    if (outcome === 'later' || lost.signal.aborted) return;
    if (outcome) {
      crashPoint('errand.before-signal');
      await this.door.signal(errand, errand.thread, errand.errandId, outcome);
      crashPoint('errand.after-signal');
    }
    await this.errands.end(this.options.worker, errand);
  }

  /** @returns what the bot is told; null for nothing; `later` when it is not over */
  async #outcome(errand: OpenErrand, lost: AbortSignal): Promise<TurnSignal | null | 'later'> {
    const { workspaceId, conversationId, payload } = errand;
    switch (errand.kind) {
      case 'timer':
        return TIMER;
      case 'call':
        return (await this.#call(errand, lost)) ?? 'later';
      case 'offer': {
        const wasOpen = await this.offers.lapse(workspaceId, conversationId);
        if (wasOpen) this.changed(conversationId);
        return null;
      }
      case 'queue': {
        const version = Number(payload?.['controlVersion']);
        const isBack = await this.offers.giveBack(workspaceId, conversationId, version);
        if (isBack) this.changed(conversationId);
        return isBack ? { kind: 'owner', unanswered: true } : null;
      }
    }
  }

  /** @returns null when it is not over: it is tried again, or this worker ends */
  async #call(errand: OpenErrand, lost: AbortSignal): Promise<TurnSignal | null> {
    const outcome = await this.calls.run(errand, AbortSignal.any([lost, this.#loop.stopping]));
    if (this.#loop.stopping.aborted) return null;
    if (!outcome.ok && AGAIN.has(outcome.code) && errand.attempts + 1 < TRIES) {
      await this.errands.again(this.options.worker, errand, 500 * 2 ** errand.attempts);
      return null;
    }
    return resultOf(errand.key, outcome);
  }
}

const TIMER: TurnSignal = { kind: 'timer' };

function resultOf(callId: string, outcome: CallOutcome): TurnSignal {
  return outcome.ok
    ? { kind: 'result', callId, ok: true, value: outcome.value }
    : { kind: 'result', callId, ok: false, code: outcome.code };
}
