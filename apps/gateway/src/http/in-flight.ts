import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { GatewayConfig } from '#libs/config';
import type { FastifyInstance } from 'fastify';
import { Config } from '../config-token.js';

/** How long requests that have begun may take to end when the gateway stops. */
const DRAIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** The requests that are being answered; lets them end before anything that they use is closed. */
@Injectable()
export class InFlight implements OnModuleDestroy {
  readonly #stop = new AbortController();
  #open = 0;

  constructor(
    private readonly host: HttpAdapterHost,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /** Aborted when the gateway begins to stop: whoever waits for something answers with what there is. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /** Counts from now on. */
  watch(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      this.#open++;
      // `close` comes for answers that were sent and for connections that were lost alike.
      reply.raw.once('close', () => this.#open--);
      done();
    });
    server.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.#stop.signal.aborted) void reply.header('connection', 'close');
      done();
    });
  }

  /**
   * Ready no more, and streams end. After the time that a load balancer needs to see it: no new connections, and what has
   * begun may end within ten seconds.
   */
  async onModuleDestroy(): Promise<void> {
    this.#stop.abort();
    const server = this.host.httpAdapter.getHttpServer() as { listening: boolean; close(): void };
    if (server.listening) await sleep(this.config.http.drainWaitMs);
    if (server.listening) server.close();
    for (const end = Date.now() + DRAIN_MS; this.#open > 0 && Date.now() < end;) await sleep(LOOK_EVERY_MS);
  }
}
