import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the stub provider treats a request. */
export type StubAnswer =
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string }
  /** The request is read, and nothing comes back. */
  | { kind: 'hang' }
  /** The request is read, and the connection is cut. */
  | { kind: 'reset' }
  /** The request is read, and something that is not HTTP comes back. */
  | { kind: 'garbage' };

/** A request as the stub got it. */
export interface StubRequest {
  method: string;
  /** Path and query. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

/** A provider on a free port of this machine, for specs. */
export interface StubServer {
  /** Without a slash at the end. */
  url: string;
  /** In the order of their arrival. */
  requests: StubRequest[];
  /** Decides about every request from now on. */
  answerWith(decide: StubAnswer | ((request: StubRequest) => StubAnswer)): void;
  /** Resolves when a request has come in whole. */
  nextRequest(): Promise<StubRequest>;
  close(): Promise<void>;
}

/**
 * Starts a stub that answers 204 until it is told otherwise.
 *
 * @param isBeside  requests that are answered 204 and never told of: what checks of channels ask, for example
 */
export async function startStubServer(
  isBeside: (request: StubRequest) => boolean = () => false,
): Promise<StubServer> {
  let decide = (_: StubRequest): StubAnswer => ({ kind: 'answer', status: 204 });
  const requests: StubRequest[] = [];
  const waiting: ((request: StubRequest) => void)[] = [];
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    if (isBeside(request)) return treat({ kind: 'answer', status: 204 }, outgoing);
    requests.push(request);
    treat(decide(request), outgoing);
    waiting.splice(0).forEach((tell) => tell(request));
  };
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerWith: (next) => void (decide = typeof next === 'function' ? next : () => next),
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<StubRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  const { method = 'GET', url = '/' } = incoming;
  return { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function treat(answer: StubAnswer, outgoing: ServerResponse): void {
  switch (answer.kind) {
    case 'answer':
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
      break;
    case 'hang':
      break;
    case 'reset':
      outgoing.socket?.resetAndDestroy();
      break;
    case 'garbage':
      outgoing.socket?.end('220 smtp.example ESMTP\r\n');
      break;
  }
}
