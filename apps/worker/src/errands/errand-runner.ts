import type { CallOutcome } from '#libs/bot';
import type { InboundDoor } from '#libs/inbound';
import type { ConversationId, ErrandId, TurnSignal } from '#libs/model';
import { crashPoint, newRequestId, withContext, type Logger } from '#libs/observe';
import { LeaseKeeper, Pump, type Held } from '#libs/queue';
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

interface HeldErrand extends Held {
  errand: OpenErrand;
}

/**
 * Does what turns left to be done: claims what is due, does it, puts what came of it into the conversation's mailbox, and
 * only then forgets it. A worker that dies in between leaves it to another one; the signal is known again by its key, and a
 * call is repeated under the same id.
 */
export class ErrandRunner {
  readonly #pump: Pump;
  readonly #leases: LeaseKeeper<ErrandId, HeldErrand>;
  readonly #active = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(
    private readonly errands: Errands,
    private readonly calls: CallRunner,
    private readonly offers: Pick<Offers, 'lapse' | 'giveBack'>,
    /** Tells those who follow a conversation that something happened in it. */
    private readonly changed: (conversationId: ConversationId) => void,
    private readonly door: InboundDoor,
    private readonly options: ErrandOptions,
    private readonly logger: Logger,
  ) {
    const { worker, leaseMs, sweepEveryMs } = options;
    this.#pump = new Pump(() => this.#pass(), {
      sweepEveryMs,
      onError: (error) => this.logger.fault(error, { loop: 'errands' }),
    });
    this.#leases = new LeaseKeeper(leaseMs, (held) =>
      this.errands.renew(
        worker,
        leaseMs,
        held.map(({ errand }) => errand),
      ),
    );
  }

  start(): void {
    this.#pump.start();
  }

  /** Looks for errands. @returns when a look that began after this call has ended */
  poke(): Promise<void> {
    return this.#pump.poke();
  }

  /** Claims nothing more, and gives up what is under way: another worker does it. */
  async stop(): Promise<void> {
    await this.#pump.stop();
    this.#stopping.abort();
    await Promise.allSettled(this.#active);
    this.#leases.stop();
  }

  async #pass(): Promise<void> {
    const free = AT_ONCE - this.#active.size;
    if (free <= 0) return;
    const claimed = await this.errands.open(this.options.worker, free, this.options.leaseMs);
    for (const errand of claimed) this.#begin(errand);
  }

  #begin(errand: OpenErrand): void {
    const held: HeldErrand = { errand, lost: new AbortController() };
    this.#leases.hold(errand.errandId, held);
    const { workspaceId, channelId } = errand;
    const work = withContext({ requestId: newRequestId(), workspaceId, channelId }, () => this.#do(held))
      .catch((error: unknown) => this.logger.fault(error, { errandId: errand.errandId }))
      .finally(() => {
        this.#leases.release(errand.errandId, held);
        this.#active.delete(work);
        void this.poke();
      });
    this.#active.add(work);
  }

  async #do({ errand, lost }: HeldErrand): Promise<void> {
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
    const outcome = await this.calls.run(errand, AbortSignal.any([lost, this.#stopping.signal]));
    if (this.#stopping.signal.aborted) return null;
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
