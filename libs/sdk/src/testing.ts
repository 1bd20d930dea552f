import type { Fetch } from './options.js';

/** One request that a mocked transport was asked for. */
export interface MockRequest {
  method: string;
  /** From the root, without the query. */
  path: string;
  query: URLSearchParams;
  headers: Headers;
  /** The JSON that was sent; undefined when there was none. */
  body: unknown;
}

/** What a mocked route answers: JSON with 200, or all of it. */
export type MockAnswer = Response | { status?: number; headers?: Record<string, string>; body?: unknown };

/** Answers one kind of request. */
export type MockHandler = (request: MockRequest) => MockAnswer | Promise<MockAnswer>;

/**
 * A transport that goes nowhere, for tests of programs that use the client: `new Parley({ baseUrl: 'http://mock',
 * fetch: mock.fetch })`. What no route answers is answered with 404.
 *
 * @param routes  by method and path, with `{id}` for anything: `'GET /v1/bots/{id}'`
 */
export function mockTransport(routes: Readonly<Record<string, MockHandler>>): {
  fetch: Fetch;
  /** Everything that was asked, in order. */
  requests: MockRequest[];
} {
  const requests: MockRequest[] = [];
  const known = Object.entries(routes).map(([route, handler]) => ({ pattern: patternOf(route), handler }));
  const fetch: Fetch = async (url, init) => {
    init.signal?.throwIfAborted();
    const request = requestOf(url, init);
    requests.push(request);
    const route = known.find(({ pattern }) => pattern.test(`${request.method} ${request.path}`));
    return asResponse(route ? await route.handler(request) : notFound);
  };
  return { fetch, requests };
}

/** Server-sent events as the answer of a mocked route. */
export function mockEvents(events: readonly { id?: number; type: string; data?: object }[]): Response {
  const text = events.map(({ id, type, data = {} }) => {
    const event = { type, ...(id !== undefined && { seq: id }), conversation_id: 'conv_mock', data };
    return `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
  });
  return new Response(text.join(''), { headers: { 'content-type': 'text/event-stream' } });
}

const notFound: MockAnswer = {
  status: 404,
  body: {
    code: 'state/not-found',
    status: 404,
    detail: 'No mocked route answers this.',
    request_id: 'req_mock',
  },
};

function patternOf(route: string): RegExp {
  const escaped = route.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

function requestOf(url: string, init: RequestInit): MockRequest {
  const { pathname, searchParams } = new URL(url);
  const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : (init.body ?? undefined);
  return {
    method: init.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: new Headers(init.headers),
    body,
  };
}

function asResponse(answer: MockAnswer): Response {
  if (answer instanceof Response) return answer;
  const { status = 200, headers = {}, body } = answer;
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  return new Response(body === undefined ? null : JSON.stringify(body), {
    status,
    headers: { 'content-type': type, ...headers },
  });
}
