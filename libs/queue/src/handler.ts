import type { JobDefinition } from './job.js';

/** Does the work of one kind of job. Bound in the worker with `QueueModule.handlers`. */
export abstract class JobHandler<Payload = unknown> {
  abstract readonly job: JobDefinition<Payload>;
  /** A few lines that call a use case; what it throws fails the job, and the sweeper carries on. */
  abstract handle(payload: Payload): Promise<void>;
}
