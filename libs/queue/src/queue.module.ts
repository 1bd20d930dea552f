import { BullModule, getQueueToken } from '@nestjs/bullmq';
import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import type { Queue } from 'bullmq';
import { Metrics } from '#libs/observe';
import { Bell } from './bell.js';
import { keyPrefix, openQueueConnection, type QueueConnection, type QueueOptions } from './connection.js';
import type { JobHandler } from './handler.js';
import { queueNames } from './job.js';
import { InboundProcessor, JobRegistry, OutboundProcessor } from './processors.js';
import { QueueBoards } from './queue-boards.js';
import { Wakes } from './wakes.js';

const CONNECTION = Symbol('QUEUE_CONNECTION');
const HANDLERS = Symbol('JOB_HANDLERS');

@Injectable()
class QueueCloser implements OnApplicationShutdown {
  constructor(
    @Inject(CONNECTION) private readonly connection: QueueConnection,
    private readonly bell: Bell,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bell.close();
    await this.connection.close();
  }
}

@Injectable()
class HandlerCheck implements OnModuleInit {
  constructor(
    private readonly registry: JobRegistry,
    @Inject(HANDLERS) private readonly handlers: JobHandler[],
  ) {}

  onModuleInit(): void {
    this.registry.fill(this.handlers);
  }
}

/** The connection stands in a global module of its own, which Nest ends last. */
@Module({})
class QueueConnectionModule {
  static forRoot(options: QueueOptions): DynamicModule {
    return {
      module: QueueConnectionModule,
      global: true,
      providers: [
        { provide: CONNECTION, useFactory: () => openQueueConnection(options) },
        {
          provide: Bell,
          inject: [CONNECTION],
          useFactory: (connection: QueueConnection) => new Bell(connection, options.databaseUrl),
        },
        QueueCloser,
      ],
      exports: [CONNECTION, Bell],
    };
  }
}

/** BullMQ, on Redis or on PostgreSQL: the bells that wake workers. Needs a global `Metrics`. */
@Module({})
export class QueueModule {
  /** Gives the app `Wakes` and `Bell`. */
  static forRoot(options: QueueOptions): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: [
        QueueConnectionModule.forRoot(options),
        BullModule.forRootAsync({
          inject: [CONNECTION],
          useFactory: (connection: QueueConnection) => ({ connection: connection.bullmq, prefix: keyPrefix }),
        }),
        BullModule.registerQueue(...queueNames.map((name) => ({ name }))),
      ],
      providers: [
        {
          provide: Wakes,
          inject: [...queueNames.map((name) => getQueueToken(name)), Metrics],
          useFactory: (inbound: Queue, outbound: Queue, metrics: Metrics) => {
            for (const queue of [inbound, outbound]) queue.on('error', () => undefined);
            return new Wakes({ inbound, outbound }, metrics);
          },
        },
        {
          provide: QueueBoards,
          inject: queueNames.map((name) => getQueueToken(name)),
          useFactory: (...queues: Queue[]) => new QueueBoards(queues),
        },
      ],
      exports: [QueueBoards, Wakes, BullModule],
    };
  }

  /**
   * Makes this process a worker of every queue; only the worker app does.
   *
   * @param handlers  one class for each kind of job, among the providers of `imports`
   */
  static handlers(handlers: Type<JobHandler>[], imports: DynamicModule['imports'] = []): DynamicModule {
    return {
      module: QueueModule,
      imports,
      providers: [
        JobRegistry,
        { provide: HANDLERS, inject: handlers, useFactory: (...made: JobHandler[]) => made },
        HandlerCheck,
        InboundProcessor,
        OutboundProcessor,
      ],
    };
  }
}
