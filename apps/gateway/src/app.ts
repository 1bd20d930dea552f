import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { GatewayConfig } from '#libs/config';
import { Logger, Metrics } from '#libs/observe';
import { GatewayModule } from './gateway.module.js';
import { InFlight } from './http/in-flight.js';
import { KnownRoutes } from './http/known-routes.js';
import { ProblemFilter } from './http/problem-filter.js';
import { createAdapter, equip } from './http/server.js';
import { createValidation } from './http/validation.js';
import { QueueBoard } from './pages/queue-board.js';
import { RequestRecorder } from './requests/request-recorder.js';
import { describeApi } from './openapi.js';

/** What a test may bring of its own. */
export interface GatewayOverrides {
  logger?: Logger;
  metrics?: Metrics;
}

/**
 * Makes a gateway that listens nowhere yet.
 *
 * `close()` ends it in order: not ready, no new connections, streams end, requests that have begun may end, and only
 * then what they use is closed.
 */
export async function createGateway(
  config: GatewayConfig,
  overrides: GatewayOverrides = {},
): Promise<NestFastifyApplication> {
  const logger = overrides.logger ?? Logger.create({ app: 'gateway', level: config.log.level });
  const metrics = overrides.metrics ?? new Metrics('gateway');
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.forRoot({ config, logger, metrics }),
    createAdapter(config),
    { logger, bodyParser: false, forceCloseConnections: true, abortOnError: false },
  );
  const server = app.getHttpAdapter().getInstance();
  const routes = new KnownRoutes();
  routes.watch(server);
  await equip(server, config, { metrics, inFlight: app.get(InFlight) });
  app.get(RequestRecorder).watch(server);
  await app.get(QueueBoard).mount(server);
  app.useGlobalPipes(createValidation());
  app.useGlobalFilters(new ProblemFilter(routes, logger, config.http.publicUrl));
  describeApi(app, config.http.publicUrl);
  await app.init();
  return app;
}
