import { z } from 'zod';
import type { Json, JsonObject } from '#libs/model';

/** A value that survives JSON, as a schema. */
const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);
const fields: z.ZodType<JsonObject> = z.record(z.string(), json);
const timed = { wakesAtMs: z.number() };

/** What a flow waits for. */
export const Awaiting = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), tries: z.int() }),
  z.object({ kind: z.literal('call'), callId: z.string(), ...timed }),
  z.object({ kind: z.literal('timer'), ...timed }),
  z.object({ kind: z.literal('event'), name: z.string(), ...timed }),
  z.object({ kind: z.literal('owner') }),
]);
export type Awaiting = z.infer<typeof Awaiting>;

/** Where one run of a flow stands: everything that any worker needs to go on with it, days later too. */
export const RunState = z.object({
  /** Unique in the conversation; ids of calls are made of it. */
  runId: z.string(),
  flow: z.string(),
  /** The node that waits. */
  node: z.string(),
  awaiting: Awaiting,
  /** Where the flows that called this one go on; null is their end. */
  stack: z.array(z.object({ flow: z.string(), node: z.string().nullable() })),
  fields,
  /** Nodes entered since the run began. */
  steps: z.int(),
});
export type RunState = z.infer<typeof RunState>;

/** All runs of a conversation: one that is active, and those that it interrupted, the newest first. */
export const FlowSession = z.object({
  /** Runs begun until now. */
  runs: z.int(),
  active: RunState.nullable(),
  suspended: z.array(RunState),
  /** Somebody else was asked to answer in between; the question is asked again behind that answer. */
  digressing: z.boolean(),
});
export type FlowSession = z.infer<typeof FlowSession>;

/** How many interrupted runs are kept. */
export const suspendedMax = 3;

/** Reads what was stored; what cannot be read counts as nothing. */
export function readSession(state: JsonObject): FlowSession {
  const read = FlowSession.safeParse(state);
  return read.success ? read.data : { runs: 0, active: null, suspended: [], digressing: false };
}
