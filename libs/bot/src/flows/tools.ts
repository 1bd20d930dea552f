import type { Effect, Json } from '#libs/model';

/** A tool or hook that a flow wants to be run. */
export type CallEffect = Extract<Effect, { kind: 'call' }>;

/** What came of a call; a failure has a short code, never words of the other side. */
export type CallOutcome =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly code: string };

/**
 * Runs calls within the turn, where the person should not wait for a job.
 *
 * The same `callId` comes again when the turn failed and is run again: whoever runs it does so once.
 */
export interface FlowTools {
  /** @returns null when this call is left to a job: it becomes an effect, and its outcome a signal of a later turn */
  call(request: CallEffect, signal: AbortSignal): Promise<CallOutcome | null>;
}

/** Leaves every call to a job. */
export const noTools: FlowTools = { call: async () => null };
