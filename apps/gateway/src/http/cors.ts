import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const HEADERS =
  'authorization, content-type, idempotency-key, if-match, last-event-id, parley-version, parley-workspace, request-id, traceparent';
const EXPOSED =
  'request-id, idempotent-replayed, retry-after, parley-version, ratelimit, ratelimit-policy, etag, link, deprecation, sunset';
const PREFLIGHT_SECONDS = '600';

/**
 * Lets browsers on other origins in where they may come in: on widget routes every page may ask, and the route itself
 * then lets in only those that the channel allows; on the rest of the API only the configured origins.
 *
 * API keys do not belong into a browser, so by default no origin is configured.
 */
export function allowBrowsers(server: FastifyInstance, origins: readonly string[]): void {
  const mayAsk = (request: FastifyRequest): boolean =>
    request.url.startsWith('/v1/widget/') || origins.includes(request.headers.origin ?? '');
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || !request.url.startsWith('/v1/')) return done();
    void reply.header('vary', 'origin');
    if (origins.includes(origin)) allowOrigin(reply, origin);
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight || !mayAsk(request)) return done();
    allowOrigin(reply, origin);
    void reply
      .header('access-control-allow-methods', METHODS)
      .header('access-control-allow-headers', HEADERS)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .status(204)
      .send();
  });
}

/** Lets the page of an origin read the answer. */
export function allowOrigin(reply: FastifyReply, origin: string): void {
  void reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', EXPOSED);
}
