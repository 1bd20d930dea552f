import 'reflect-metadata';
import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { WorkerConfig } from '#libs/config';
import { Logger, Metrics } from '#libs/observe';
import { QueueModule } from '#libs/queue';
import {
  Database,
  Idempotency,
  RepositoriesModule,
  RequestLog,
  Sealer,
  StoreModule,
  WebhookLog,
} from '#libs/store';
import { DrainHandler, SendHandler } from './bindings.js';
import { Housekeeping } from './housekeeping.js';
import { SnoozeWatch } from './inbox/snooze-watch.js';
import { PipelineModule } from './pipeline.module.js';
import { StatusPort } from './status-port.js';

/** Who hears what a worker does. */
export interface Observers {
  logger: Logger;
  metrics: Metrics;
}

@Module({})
class ObserveModule {
  static forRoot({ logger, metrics }: Observers): DynamicModule {
    return {
      module: ObserveModule,
      global: true,
      providers: [
        { provide: Logger, useValue: logger },
        { provide: Metrics, useValue: metrics },
      ],
      exports: [Logger, Metrics],
    };
  }
}

@Module({})
class WorkerModule {
  static forRoot(config: WorkerConfig, observers: Observers): DynamicModule {
    const pipeline = PipelineModule.forRoot(config);
    return {
      module: WorkerModule,
      imports: [
        ObserveModule.forRoot(observers),
        StoreModule.forRoot({ url: config.database.url, poolMax: config.database.poolMax, name: 'worker' }),
        RepositoriesModule.forRoot(config.secrets, config.http.publicUrl),
        QueueModule.forRoot({
          redisUrl: config.queue.redisUrl,
          databaseUrl: config.database.url,
          poolMax: config.queue.poolMax,
          role: 'worker',
        }),
        QueueModule.handlers([DrainHandler, SendHandler], [pipeline]),
      ],
      providers: [
        {
          provide: Housekeeping,
          inject: [Idempotency, Sealer, WebhookLog, RequestLog, Logger],
          useFactory: (
            idempotency: Idempotency,
            sealer: Sealer,
            webhooks: WebhookLog,
            requests: RequestLog,
            logger: Logger,
          ) => new Housekeeping(idempotency, sealer, webhooks, requests, logger),
        },
        SnoozeWatch,
        {
          provide: StatusPort,
          inject: [Database, Metrics, Logger],
          useFactory: (database: Database, metrics: Metrics, logger: Logger) =>
            new StatusPort(
              { host: config.http.host, port: config.work.statusPort },
              database,
              metrics,
              logger,
            ),
        },
      ],
    };
  }
}

/** Makes a worker that drains mailboxes and sends deliveries until it is closed. */
export async function createWorker(
  config: WorkerConfig,
  observers: Observers = {
    logger: Logger.create({ app: 'worker', level: config.log.level }),
    metrics: new Metrics('worker'),
  },
): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(WorkerModule.forRoot(config, observers), {
    logger: observers.logger,
    abortOnError: false,
  });
}
