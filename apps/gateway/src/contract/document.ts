import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { parseGatewayConfig } from '#libs/config';
import { Logger, Metrics } from '#libs/observe';
import { GatewayModule } from '../gateway.module.js';
import { createAdapter } from '../http/server.js';
import { documentOf } from '../openapi.js';

const ANYWHERE = 'http://127.0.0.1:3000';

/**
 * The description of the API as a fresh installation serves it, without running anything: no database, no queue, no
 * port. It is what docs/openapi.json and the clients are made from.
 */
export async function describeGateway(): Promise<OpenAPIObject> {
  const config = parseGatewayConfig({
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing',
    PARLEY_SECRET_KEY: Buffer.alloc(32).toString('base64'),
  });
  const core = {
    config,
    logger: Logger.create({ app: 'gateway', level: 'error' }),
    metrics: new Metrics('gateway'),
  };
  const app = await NestFactory.create(GatewayModule.forRoot(core), createAdapter(config), {
    preview: true,
    logger: false,
  });
  return documentOf(app, ANYWHERE);
}
