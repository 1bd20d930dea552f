import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { createEgress, type EgressFetch } from '#libs/connectors';
import { until } from './until.js';

const cli = createRequire(import.meta.url).resolve('@stoplight/prism-cli/dist/index.js');

interface Violation {
  location: string[];
  message: string;
}

/** A provider that is nothing but its own API description: it answers as described, and says what in a request is not. */
export class Prism {
  /** What was wrong with requests, each complaint once: where, and why. What is wrong with its own answers is not ours. */
  readonly violations = new Set<string>();
  /** Requests so far, as `POST /path`. */
  readonly requests: string[] = [];
  readonly #egress = createEgress({
    allowCidrs: ['127.0.0.0/8'],
    timeoutMs: 10_000,
    connectionsPerOrigin: 4,
  });

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param description  file name in test/contract/descriptions */
  static async start(description: string): Promise<Prism> {
    const port = await freePort();
    const file = path.join(import.meta.dirname, '../contract/descriptions', description);
    const child = spawn(process.execPath, [cli, 'mock', file, '-p', String(port), '-h', '127.0.0.1'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    await until(
      'prism listens',
      () => {
        if (child.exitCode !== null) throw new Error(`prism ended: ${said}`);
        return said.includes('is listening');
      },
      30_000,
    );
    return new Prism(`http://127.0.0.1:${port}`, child);
  }

  /** Calls the provider, and keeps what it objects to. */
  readonly fetch: EgressFetch = async (url, request) => {
    const answer = await this.#egress.fetch(url, request);
    this.requests.push(`${request?.method ?? 'GET'} ${new URL(url).pathname}`);
    const found = answer.headers['sl-violations'];
    for (const { location, message } of JSON.parse(found ?? '[]') as Violation[]) {
      if (location[0] === 'request') this.violations.add(`${location.join('.')}: ${message}`);
    }
    const said = answer.text();
    if (said.includes('stoplight.io/prism/errors')) this.violations.add(`${new URL(url).pathname}: ${said}`);
    return answer;
  };

  async stop(): Promise<void> {
    await this.#egress.close();
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
