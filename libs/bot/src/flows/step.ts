import type { Content, Effect, Flow, Json, JsonObject } from '#libs/model';
import type { TraceDetail } from '../trace.js';
import type { Scope } from '../conditions.js';
import type { AnswerContext, Said } from './answers/answer.js';
import type { RunState } from './run-state.js';

/** Something that happens to a run. */
export type FlowEvent =
  | { readonly kind: 'start'; readonly flow: string; readonly runId: string; readonly fields: JsonObject }
  /** A message; one that is no good answer leaves the run as it is, for others to look at. */
  | { readonly kind: 'said'; readonly said: Said }
  /** Nobody could make anything of the answer: one try is used up. */
  | { readonly kind: 'misunderstood' }
  /** The question is asked again, behind something else. */
  | { readonly kind: 'resumed' }
  | { readonly kind: 'result'; readonly callId: string; readonly value: Json }
  | { readonly kind: 'failed'; readonly callId: string; readonly code: string }
  | { readonly kind: 'happened'; readonly name: string; readonly data: JsonObject }
  | { readonly kind: 'owned' }
  /** Time may have passed. */
  | { readonly kind: 'tick' };

/** What a step may look at, beside the run and the event. Plain values: the same in, the same out. */
export interface FlowWorld {
  readonly flows: ReadonlyMap<string, Flow>;
  readonly nowMs: number;
  /** Without `fields`: those are the run's. */
  readonly scope: Omit<Scope, 'fields'>;
  readonly answers: AnswerContext;
  /** What the bot says by itself, in its first language. */
  readonly words: { readonly retry: string; readonly cancelled: string; readonly givenUp: string };
}

/** Why a run ended. */
export type FlowEnd = 'done' | 'cancelled' | 'given-up' | 'handed-over';

/** A line for the trace. */
export interface FlowNote {
  readonly reason: string;
  readonly detail: TraceDetail;
}

/** What a step comes to. */
export interface FlowStep {
  /** The run as it stands; null when it has ended. */
  readonly run: RunState | null;
  readonly end: FlowEnd | null;
  /** Whether the event meant anything to the run. */
  readonly taken: boolean;
  /** Each is one message. */
  readonly said: readonly (readonly Content[])[];
  readonly effects: readonly Effect[];
  readonly notes: readonly FlowNote[];
}
