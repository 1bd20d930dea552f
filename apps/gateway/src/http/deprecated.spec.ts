import { Controller, Get, HttpException, Module } from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deprecated, DeprecationInterceptor } from './deprecated.js';

const deprecation = { since: '2026-11-21T00:00:00Z', sunset: '2027-11-21T00:00:00Z', link: '/docs' };

@Controller()
class Routes {
  @Get('old')
  @Deprecated(deprecation)
  old(): string {
    return 'x';
  }

  @Get('old-and-broken')
  @Deprecated(deprecation)
  broken(): string {
    throw new HttpException('x', 422);
  }

  @Get('new')
  current(): string {
    return 'x';
  }
}

@Module({
  controllers: [Routes],
  providers: [{ provide: APP_INTERCEPTOR, useClass: DeprecationInterceptor }],
})
class Root {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(Root, new FastifyAdapter(), { logger: false });
  await app.init();
});
afterAll(() => app.close());

describe('a deprecated route', () => {
  it('says so in every answer, with the day it goes and where to read on', async () => {
    for (const url of ['/old', '/old-and-broken']) {
      const { headers } = await app.inject({ url });
      expect(headers).toMatchObject({
        deprecation: '@1795219200',
        sunset: 'Sun, 21 Nov 2027 00:00:00 GMT',
        link: '</docs>; rel="deprecation"; type="text/html"',
      });
    }
    expect((await app.inject({ url: '/new' })).headers).not.toHaveProperty('deprecation');
  });

  it('says so in the description', () => {
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(paths['/old']?.get?.deprecated).toBe(true);
    expect(paths['/new']?.get?.deprecated).toBeUndefined();
  });
});
