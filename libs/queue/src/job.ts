import type { z } from 'zod';
import { fault, invalidInput } from '#libs/faults';

/** A kind of job: beside the code that owns it, one handler in the worker, none in the gateway. */
export interface JobDefinition<Payload = unknown> {
  /** `domain.verb-noun`. */
  name: string;
  queue: QueueName;
  /** What it does, for the docs. */
  description: string;
  /** Carries ids, never documents; strict; `v` is the version of its shape. */
  payload: z.ZodType<Payload>;
  /** Jobs with the same key are one: while it waits, another is not added; while it runs, exactly one more is kept. */
  dedupe(payload: Payload): string;
}

/** The queues of BullMQ. Each has its own workers, so that none can stand in the way of another. */
export const queueNames = ['inbound', 'outbound'] as const;
export type QueueName = (typeof queueNames)[number];

/** States a kind of job with all types. */
export function defineJob<Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition;
}

/**
 * The payload of a job as it was taken off the queue.
 *
 * @throws Fault `queue/invalid-payload` when it is not of the definition's shape
 */
export function parsePayload<Payload>(definition: JobDefinition<Payload>, data: unknown): Payload {
  const parsed = definition.payload.safeParse(data);
  if (parsed.success) return parsed.data;
  throw fault('queue/invalid-payload', {
    facts: { job: definition.name },
    cause: invalidInput(parsed.error.issues),
  });
}
