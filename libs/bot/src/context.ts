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
  /** Of this step alone. */
  readonly spent = nothingSpent();
  readonly #shared: SharedDraft;
  readonly #name: string;
  readonly #seen: readonly Effect[];
  readonly #emitted: Effect[] = [];
  #state: JsonObject | undefined;
  #sealed = false;

  /** @param seen  effects that are not yet shared but can be looked at: those under review */
  constructor(shared: SharedDraft, name: string, seen: readonly Effect[] = []) {
    this.#shared = shared;
    this.#name = name;
    this.#seen = seen;
    this.now = shared.now;
    this.heard = shared.heard;
    this.choice = shared.heard.find((message) => message.choice)?.choice ?? null;
    this.budget = this.#makeBudget();
    this.state = {
      get: () => structuredClone(this.#state ?? shared.states.get(name) ?? {}),
      set: (next) => {
        if (!this.#sealed) this.#state = structuredClone(next);
      },
    };
  }

  get effects(): readonly Effect[] {
    return [...this.#shared.effects, ...this.#seen, ...this.#emitted];
  }

  /** What this step emitted. */
  get emitted(): readonly Effect[] {
    return this.#emitted;
  }

  emit(effect: Effect): void {
    if (!this.#sealed) this.#emitted.push(effect);
  }

  note(reason: string, detail: TraceDetail = {}, tookMs = 0): void {
    if (!this.#sealed) this.#shared.trace.add(this.#name, { decision: 'noted', reason, detail }, tookMs);
  }

  delta(text: string): void {
    if (!this.#sealed) this.#shared.preview?.(text);
  }

  /** From now on nothing is taken. */
  seal(): void {
    this.#sealed = true;
  }

  /** What was emitted and remembered becomes the turn's. */
  commit(): void {
    this.#shared.effects = [...this.#shared.effects, ...this.#emitted];
    if (this.#state) this.#shared.states.set(this.#name, this.#state);
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
