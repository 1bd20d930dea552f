import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { askShop, emptyShop, type Answered, type Asked, type ShopState } from './shop.js';

/** The service that the bots of the demo call, while it runs. */
export interface DemoService {
  /** Without a slash at the end; on the loopback address, on a free port. */
  readonly url: string;
  /** What it has been told to keep. */
  readonly state: ShopState;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 65_536;

/**
 * Starts the service of the demo: a small shop with orders, a calendar, tickets and leads, all of it invented.
 *
 * Only programs of this machine reach it, and no page of a browser: a request with an origin is refused.
 *
 * @param file  where its state is kept; without it in memory alone. What cannot be read there counts as nothing
 */
export async function startDemoService(file?: string): Promise<DemoService> {
  let state = file === undefined ? emptyShop : readState(file);
  const serve = async (request: IncomingMessage): Promise<Answered> => {
    const asked = await readAsked(request);
    if (asked === null) return { status: 400, body: { error: 'bad request' } };
    const key = request.headers['idempotency-key'];
    const made = askShop(state, asked, typeof key === 'string' ? key : null);
    // Kept before it is told: a caller that hears of a booking finds it after a restart.
    if (made.state !== state && file !== undefined) writeState(file, made.state);
    state = made.state;
    return made.answer;
  };
  const server = createServer((request, response) => {
    serve(request).then(
      (answer) => write(response, answer),
      // A full disk, for example: nothing was kept, and the caller comes again.
      () => write(response, { status: 503, body: { error: 'not kept' } }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get state() {
      return state;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** @returns null when it is nothing that this service understands */
async function readAsked(request: IncomingMessage): Promise<Asked | null> {
  const address = `http://demo${request.url ?? '/'}`;
  if (request.headers.origin !== undefined || !URL.canParse(address)) return null;
  try {
    const text = await readText(request);
    if (text === null) return null;
    const { pathname, searchParams: query } = new URL(address);
    const path = pathname.split('/').slice(1).map(decodeURIComponent);
    const body = text === '' ? {} : (JSON.parse(text) as unknown);
    if (typeof body !== 'object' || body === null) return null;
    return { method: request.method ?? 'GET', path, query, body: body as Asked['body'] };
  } catch {
    // Cut off, not JSON, or a path with a broken escape.
    return null;
  }
}

/** @returns null when it is too long; it is read to its end all the same, so that the sender hears the answer */
async function readText(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return bytes > BODY_BYTES_MAX ? null : Buffer.concat(chunks).toString('utf8');
}

function write(response: ServerResponse, { status, body }: Answered): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function readState(file: string): ShopState {
  try {
    return { ...emptyShop, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<ShopState>) };
  } catch {
    return emptyShop;
  }
}

/** Whole or not at all: a launcher that is killed meanwhile leaves the old one. */
function writeState(file: string, state: ShopState): void {
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
