import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { Job } from 'bullmq';
import { fault, toFault } from '#libs/faults';
import { Metrics, withContext, newRequestId } from '#libs/observe';
import { JobHandler } from './handler.js';
import { parsePayload } from './job.js';
import { allJobs } from './jobs.js';

/** Handlers of this process, one per kind of job. */
@Injectable()
export class JobRegistry {
  readonly #handlers = new Map<string, JobHandler>();

  constructor(private readonly metrics: Metrics) {}

  /**
   * Takes the handlers of a worker.
   *
   * @throws Fault `internal/bug` unless every kind of job has exactly one
   */
  fill(handlers: readonly JobHandler[]): void {
    for (const handler of handlers) {
      if (this.#handlers.has(handler.job.name)) {
        throw fault('internal/bug', { facts: { job: handler.job.name, why: 'two handlers' } });
      }
      this.#handlers.set(handler.job.name, handler);
    }
    for (const job of allJobs) {
      if (!this.#handlers.has(job.name))
        throw fault('internal/bug', { facts: { job: job.name, why: 'no handler' } });
    }
  }

  /** Runs a job, timed, in a context of its own. */
  async run(job: Job): Promise<void> {
    const handler = this.#handlers.get(job.name);
    if (!handler) throw fault('queue/invalid-payload', { facts: { job: job.name } });
    this.metrics.queueWaitSeconds.observe({ job: job.name }, Math.max(0, Date.now() - job.timestamp) / 1_000);
    try {
      await withContext({ requestId: newRequestId(), job: job.name }, () =>
        handler.handle(parsePayload(handler.job, job.data)),
      );
      this.metrics.jobs.inc({ job: job.name, result: 'done' });
    } catch (error) {
      this.metrics.jobs.inc({ job: job.name, result: 'failed' });
      throw toFault(error);
    }
  }
}

/**
 * What keeps a worker alive through kills and restarts: a stalled job is taken over after seconds, never failed for
 * having stalled, and a lost database is tried again at once. The defaults of BullMQ 6.7 would take 60 s, give up at the
 * second kill, and sit idle for 15 s.
 */
export const workerOptions = {
  concurrency: 4,
  lockDuration: 5_000,
  stalledInterval: 3_000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 300,
} as const;

abstract class QueueProcessor extends WorkerHost {
  constructor(private readonly registry: JobRegistry) {
    super();
  }

  process(job: Job): Promise<void> {
    return this.registry.run(job);
  }

  /** Without a listener BullMQ prints whole connections when a server restarts. It connects again by itself. */
  @OnWorkerEvent('error')
  onError(): void {}
}

@Processor('inbound', workerOptions)
export class InboundProcessor extends QueueProcessor {
  constructor(@Inject(JobRegistry) registry: JobRegistry) {
    super(registry);
  }
}

@Processor('outbound', workerOptions)
export class OutboundProcessor extends QueueProcessor {
  constructor(@Inject(JobRegistry) registry: JobRegistry) {
    super(registry);
  }
}
