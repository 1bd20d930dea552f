import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { WorkerConfig } from '#libs/config';
import { createEgress, type Egress } from '#libs/connectors';
import { MailboxDrain, ReplyPlanner, TurnRunner, TurnStep } from '#libs/inbound';
import { Logger, Metrics } from '#libs/observe';
import { DeliverySender } from '#libs/outbound';
import { Bell } from '#libs/queue';
import { ChannelCache, Channels, Deliveries, Mailboxes } from '#libs/store';
import { BotRunner, DrainHandler, OutboundPlanner, SendHandler, WorkerSignals } from './bindings.js';

const EGRESS = Symbol('EGRESS');

/** Turns that are under way may take so long when the worker is asked to stop; then they are aborted and done again. */
const STOP_GRACE_MS = 8_000;

/** Starts the loops once everything stands, and ends them before anything they need does. */
@Injectable()
class Loops implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly drain: MailboxDrain,
    private readonly sender: DeliverySender,
    private readonly signals: WorkerSignals,
    @Inject(EGRESS) private readonly egress: Egress,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.sender = this.sender;
    this.drain.start();
    this.sender.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.drain.stop(STOP_GRACE_MS);
    await this.sender.stop();
    await this.egress.close();
  }
}

/** The two loops of a worker, and what they are made of. */
@Module({})
export class PipelineModule {
  static forRoot(config: WorkerConfig): DynamicModule {
    // No two incarnations share a name: what one claimed, only that one may finish.
    const worker = `${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}`;
    const { leaseMs, sweepEveryMs, sends, turns, turnTimeoutMs } = config.work;
    const loop = { worker, leaseMs, sweepEveryMs };
    return {
      module: PipelineModule,
      providers: [
        { provide: TurnRunner, useClass: BotRunner },
        { provide: ReplyPlanner, useClass: OutboundPlanner },
        {
          provide: EGRESS,
          useFactory: () =>
            createEgress({
              allowCidrs: config.egress.allow,
              timeoutMs: config.egress.timeoutMs,
              connectionsPerOrigin: sends,
            }),
        },
        WorkerSignals,
        TurnStep,
        {
          provide: MailboxDrain,
          inject: [Mailboxes, ChannelCache, TurnStep, WorkerSignals, Logger, Metrics],
          useFactory: (
            mailboxes: Mailboxes,
            channels: ChannelCache,
            step: TurnStep,
            signals: WorkerSignals,
            logger: Logger,
            metrics: Metrics,
          ) =>
            new MailboxDrain(
              mailboxes,
              channels,
              step,
              signals,
              { ...loop, turns, turnTimeoutMs },
              logger,
              metrics,
            ),
        },
        {
          provide: DeliverySender,
          inject: [Deliveries, ChannelCache, Channels, EGRESS, Bell, Logger, Metrics],
          useFactory: (
            deliveries: Deliveries,
            cache: ChannelCache,
            channels: Channels,
            egress: Egress,
            bell: Bell,
            logger: Logger,
            metrics: Metrics,
          ) =>
            new DeliverySender(
              deliveries,
              cache,
              channels,
              egress.fetch,
              (conversationId) => bell.ring('conversation', { ids: [conversationId] }),
              { ...loop, sends, timeoutMs: config.egress.timeoutMs },
              logger,
              metrics,
            ),
        },
        {
          provide: DrainHandler,
          inject: [MailboxDrain],
          useFactory: (drain: MailboxDrain) => new DrainHandler(drain),
        },
        {
          provide: SendHandler,
          inject: [DeliverySender],
          useFactory: (sender: DeliverySender) => new SendHandler(sender),
        },
        Loops,
      ],
      exports: [DrainHandler, SendHandler],
    };
  }
}
