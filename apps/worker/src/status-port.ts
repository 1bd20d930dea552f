import { createServer, type ServerResponse } from 'node:http';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { fault, timeLimit } from '#libs/faults';
import { Logger, Metrics } from '#libs/observe';
import { Database } from '#libs/store';

/** Where a worker shows how it is. */
export interface StatusAddress {
  host: string;
  /** Undefined: nowhere. */
  port: number | undefined;
}

const DATABASE_ANSWERS_WITHIN_MS = 1_000;

/**
 * The worker's only HTTP: `/livez`, `/readyz` and `/metrics` on a port of its own, for an orchestrator and Prometheus.
 * It takes no input and shows no message, so it asks nobody who they are; keep it off public networks all the same.
 */
@Injectable()
export class StatusPort implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #server = createServer((request, response) => void this.#answer(request.url ?? '', response));
  #isStopping = false;

  constructor(
    private readonly address: StatusAddress,
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  /** @throws Fault `config/port-taken` */
  async onApplicationBootstrap(): Promise<void> {
    const { host, port } = this.address;
    if (port === undefined) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause) =>
        reject(
          fault('config/port-taken', {
            detail: `The worker cannot listen on ${host}:${port} (PARLEY_WORKER_PORT): ${cause.message}`,
            cause,
          }),
        ),
      );
      this.#server.listen(port, host, resolve);
    });
    this.logger.info('The worker shows its status.', { url: `http://${host}:${port}` });
  }

  /** Answers "not ready" while the worker ends; the last scrape still gets its numbers. */
  beforeApplicationShutdown(): void {
    this.#isStopping = true;
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    switch (url.split('?', 1)[0]) {
      case '/livez':
        return say(response, 200, { status: 'alive' });
      case '/readyz':
        return (await this.#isReady())
          ? say(response, 200, { status: 'ready' })
          : say(response, 503, { status: this.#isStopping ? 'stopping' : 'database unreachable' });
      case '/metrics': {
        const { contentType, text } = await this.metrics.page();
        response.writeHead(200, { 'content-type': contentType }).end(text);
        return;
      }
      default:
        return say(response, 404, { status: 'Only /livez, /readyz and /metrics are here.' });
    }
  }

  async #isReady(): Promise<boolean> {
    if (this.#isStopping) return false;
    const late = timeLimit(DATABASE_ANSWERS_WITHIN_MS).signal;
    return Promise.race([
      this.database.ping().then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => late.addEventListener('abort', () => resolve(false))),
    ]);
  }
}

function say(response: ServerResponse, status: number, body: { status: string }): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
