import { fault } from '#libs/faults';
import type { BotDefinition, Content, Turn, TurnResult } from '#libs/model';
import type { Spending } from './budget.js';
import { machineClock, type Clock } from './clock.js';
import type { Live } from './context.js';
import { coreName } from './memory.js';
import { disclosed } from './replies.js';
import type { Responder } from './responder.js';
import { standardRowOf } from './responders/standard-row.js';
import { TurnRun } from './turn-run.js';

/** What can be set at a bot core. */
export interface BotCoreOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** What one turn may cost; a kind without a number has no limit. */
  readonly limits?: Partial<Spending>;
}

/** The row that works without a model. */
export const standardRow: readonly Responder[] = standardRowOf();

/**
 * The shared bot core: takes a turn through a row of responders, and says why it ends as it does.
 *
 * It does nothing in the world: it reads the turn (and its history, when asked), and returns what should be. It keeps
 * nothing between turns, so one core serves all bots, and any number of turns at once.
 */
export class BotCore {
  readonly #row: readonly Responder[];
  readonly #clock: Clock;
  readonly #limits: Partial<Spending>;

  /** @throws Fault `internal/bug` when two responders have the same name, or one has a name that is not allowed */
  constructor(responders: readonly Responder[] = standardRow, options: BotCoreOptions = {}) {
    assertNames(responders.map(({ name }) => name));
    this.#row = responders;
    this.#clock = options.clock ?? machineClock;
    this.#limits = options.limits ?? {};
  }

  /**
   * Runs one turn.
   *
   * @param live  gets previews of a reply while it is written; without it nobody does
   * @returns replies of valid content, with the disclosure where it is due; the state to store; effects; trace
   * @throws TurnFailure  when a responder throws, or `turn.signal` aborts; carries the trace so far
   */
  async answer(turn: Turn, live?: Live): Promise<TurnResult> {
    const options = { row: this.#row, clock: this.#clock, limits: this.#limits, live };
    return new TurnRun(turn, options).result();
  }

  /**
   * What a bot says when a visitor opens a session, before anything is written; empty when it says nothing.
   *
   * Give the conversation's state to `stateAfterSending` with it, and the greeting's options can be taken.
   */
  greet(definition: BotDefinition): readonly (readonly Content[])[] {
    return definition.greeting ? disclosed([definition.greeting], definition) : [];
  }
}

function assertNames(names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const isFine = /^[a-z][a-z0-9-]{0,63}$/.test(name) && name !== coreName && names.indexOf(name) === index;
    if (!isFine) throw fault('internal/bug', { facts: { responder: name } });
  }
}
