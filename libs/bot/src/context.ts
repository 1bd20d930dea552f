import type { Effect, Json, JsonObject } from '#libs/model';
import type { Budget, Spending } from './budget.js';
import { addCost, leftOf, nothingSpent } from './budget.js';
import type { Heard, TakenChoice } from './hearing.js';
import type { TraceDetail, TraceLog } from './trace.js';

/** What a responder finds beside the turn, and the only ways in which it can leave something behind. */
export interface TurnContext {
  /** When the turn began, in milliseconds since 1970: the same for the whole row. */
  readonly now: number;
  /** The new messages as understood, newest first. */
  readonly heard: readonly Heard[];
  /** The option that was taken: the newest one when there are several, null when there is none. */
  readonly choice: TakenChoice | null;
  readonly budget: Budget;
  /** What this responder keeps between turns of the conversation. Nobody else sees it. */
  readonly state: StateSpace;
  /** How many turns of the conversation ended well before this one. */
  readonly turns: number;
  /** What another responder of the row keeps, for those that work together: a rule begins a flow. */
  stateOf(responder: string): StateSpace;
  /**
   * Asks for a turn at an instant (milliseconds since 1970) although nobody writes then; null takes it back. It stays
   * until it has passed or the responder asks for another.
   *
   * @param responder  for whom; default: this one
   */
  wakeAt(atMs: number | null, responder?: string): void;
  /** What the turn will do, by everyone until now and this one; a reviewer sees those of the reply under review. */
  readonly effects: readonly Effect[];
  /** Something that must happen because of the turn; recorded in its commit. */
  emit(effect: Effect): void;
  /** A line in the trace within this responder's work, for example for one call of a tool. */
  note(reason: string, detail?: TraceDetail, tookMs?: number): void;
  /** Shows a piece of the reply while it is being written; only a preview, the answer is what counts. */
  delta(text: string): void;
}

/** The state of one responder in one conversation. */
export interface StateSpace {
  /** `{}` at first. */
  get(): JsonObject;
  /** Replaces all of it; the value must survive JSON. `{}` forgets. */
  set(next: Readonly<Record<string, Json>>): void;
}

/** Where previews go. Must not throw: it is called in the midst of a responder's work. */
export interface Live {
  /** The next piece of a reply that is being written. */
  delta(text: string): void;
  /** What was shown does not count: it was refused or replaced, or its writer passed. */
  reset(): void;
}

/** What all steps of one turn share. */
export interface SharedDraft {
  readonly now: number;
  readonly limits: Partial<Spending>;
  readonly spent: Spending;
  readonly trace: TraceLog;
  heard: readonly Heard[];
  effects: readonly Effect[];
  readonly states: Map<string, JsonObject>;
  /** When each responder wants to be woken, in milliseconds since 1970. */
  readonly wakes: Map<string, number>;
  readonly turns: number;
  /** Takes a preview; absent when previews reach nobody. */
  readonly preview: ((text: string) => void) | undefined;
}

/**
 * The context of one step. What it collects counts only when `commit` is called; after `seal` nothing is taken any
 * more, so a responder that was given up cannot reach into a turn that has ended.
 */
export class StepContext implements TurnContext {
  readonly now: number;
  readonly heard: readonly Heard[];
  readonly choice: TakenChoice | null;
  readonly budget: Budget;
  readonly state: StateSpace;
  readonly turns: number;
  /** Of this step alone. */
  readonly spent = nothingSpent();
  readonly #shared: SharedDraft;
  readonly #name: string;
  readonly #pending: readonly StepContext[];
  #emitted: readonly Effect[] = [];
  readonly #states = new Map<string, JsonObject>();
  readonly #wakes = new Map<string, number | null>();
  #sealed = false;

  /** @param pending  steps that do not count yet but can be looked at: those under review, oldest first */
  constructor(shared: SharedDraft, name: string, pending: readonly StepContext[] = []) {
    this.#shared = shared;
    this.#name = name;
    this.#pending = pending;
    this.now = shared.now;
    this.heard = shared.heard;
    this.choice = shared.heard.find((message) => message.choice)?.choice ?? null;
    this.budget = this.#makeBudget();
    this.turns = shared.turns;
    this.state = this.stateOf(name);
  }

  stateOf(responder: string): StateSpace {
    return {
      get: () => structuredClone(this.#kept(responder) ?? {}),
      set: (next) => {
        if (!this.#sealed) this.#states.set(responder, structuredClone(next));
      },
    };
  }

  wakeAt(atMs: number | null, responder: string = this.#name): void {
    if (!this.#sealed) this.#wakes.set(responder, atMs);
  }

  get effects(): readonly Effect[] {
    const pending = this.#pending.flatMap((step) => step.emitted);
    return [...this.#shared.effects, ...pending, ...this.#emitted];
  }

  /** What this step emitted. */
  get emitted(): readonly Effect[] {
    return this.#emitted;
  }

  emit(effect: Effect): void {
    if (!this.#sealed) this.#emitted = [...this.#emitted, effect];
  }

  note(reason: string, detail: TraceDetail = {}, tookMs = 0): void {
    if (!this.#sealed) this.#shared.trace.add(this.#name, { decision: 'noted', reason, detail }, tookMs);
  }

  delta(text: string): void {
    if (!this.#sealed) this.#shared.preview?.(text);
  }

  /** What was emitted of these kinds is not done, by the word of a reviewer. */
  drop(kinds: readonly Effect['kind'][]): void {
    this.#emitted = this.#emitted.filter(({ kind }) => !kinds.includes(kind));
  }

  /** From now on nothing is taken. */
  seal(): void {
    this.#sealed = true;
  }

  /** What was emitted and remembered becomes the turn's. */
  commit(): void {
    this.#shared.effects = [...this.#shared.effects, ...this.#emitted];
    for (const [name, state] of this.#states) this.#shared.states.set(name, state);
    for (const [responder, atMs] of this.#wakes) {
      if (atMs === null) this.#shared.wakes.delete(responder);
      else this.#shared.wakes.set(responder, atMs);
    }
  }

  #kept(responder: string): JsonObject | undefined {
    const steps = [...this.#pending, this];
    const written = steps.findLast((step) => step.#states.has(responder));
    return written ? written.#states.get(responder) : this.#shared.states.get(responder);
  }

  #makeBudget(): Budget {
    const { spent, limits } = this.#shared;
    return {
      spent,
      get left() {
        return leftOf(limits, spent);
      },
      spend: (cost) => {
        if (!this.#sealed) {
          addCost(spent, cost);
          addCost(this.spent, cost);
        }
        return Object.values(leftOf(limits, spent)).every((left) => left >= 0);
      },
    };
  }
}
