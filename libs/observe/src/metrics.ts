import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const QUICK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SLOW_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

/** How a delivery ended, or an attempt at it. */
export type DeliveryOutcome = 'sent' | 'retry' | 'throttled' | 'unknown' | 'dead' | 'expired' | 'fenced';

/**
 * The numbers a process shows at `/metrics`, in one registry of its own.
 *
 * Labels come from short fixed lists (routes, connectors, outcomes): never an id, an address or free text, because
 * every new label value is a new time series for ever.
 */
export class Metrics {
  readonly registry = new Registry();

  /** Seconds per request, by route pattern (not path), method and status. */
  readonly httpSeconds = this.histogram(
    'parley_http_request_seconds',
    'Time of HTTP requests',
    QUICK_SECONDS,
    ['route', 'method', 'status'],
  );

  /** Events taken into the inbox, by connector; `result` is accepted, duplicate, ignored or refused. */
  readonly inboxEvents = this.counter('parley_inbox_events_total', 'Provider events at the door', [
    'connector',
    'result',
  ]);

  /** Turns of the bot; `outcome` is answered, silent, failed or fenced. */
  readonly turnSeconds = this.histogram('parley_turn_seconds', 'Time of bot turns', SLOW_SECONDS, [
    'outcome',
  ]);

  /** Attempts at deliveries, by connector; see {@link DeliveryOutcome}. */
  readonly deliveries = this.counter('parley_deliveries_total', 'Attempts at deliveries', [
    'connector',
    'outcome',
  ]);

  /** Seconds of one provider call. */
  readonly deliverySeconds = this.histogram(
    'parley_delivery_call_seconds',
    'Time of provider calls',
    QUICK_SECONDS,
    ['connector'],
  );

  /** Seconds that work waited between its wake-up and its start, by job. */
  readonly queueWaitSeconds = this.histogram(
    'parley_queue_wait_seconds',
    'Time between bell and start',
    QUICK_SECONDS,
    ['job'],
  );

  /** Jobs that ended; `result` is done, failed or fenced. */
  readonly jobs = this.counter('parley_jobs_total', 'Jobs that ended', ['job', 'result']);

  /** Wake-ups rung; `result` is rung or failed. A failed one costs latency until the next sweep, nothing else. */
  readonly wakeUps = this.counter('parley_wake_ups_total', 'Wake-ups of mailboxes and conversations', [
    'kind',
    'result',
  ]);

  /** Streams that are open now. */
  readonly openStreams = new Gauge({
    name: 'parley_open_streams',
    help: 'Event streams that are open',
    registers: [this.registry],
  });

  /** @param app  the process, as a label on every number */
  constructor(app: string) {
    this.registry.setDefaultLabels({ app });
  }

  /** Adds memory, CPU, event loop and garbage collection of this process; once per process. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** The page of `/metrics`, in Prometheus text format. */
  async page(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  private counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private histogram<L extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[],
  ) {
    return new Histogram<L>({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
