import helmet from '@fastify/helmet';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { GatewayConfig } from '#libs/config';
import { type Metrics, requestIdFrom, traceIdFrom, withContext, type WorkContext } from '#libs/observe';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { InFlight } from './in-flight.js';
import { answerUnreadablePath } from './before-routing.js';
import { allowBrowsers } from './cors.js';
import { parseBodies } from './parse-bodies.js';

/** What a form needs around its file. */
const FORM_BYTES = 10_000;

/** How long a request may take to arrive, in milliseconds: a large archive over a slow line does, who holds a connection does not. */
const ARRIVAL_MS = 900_000;

/** Makes the HTTP server of the gateway, with nothing on it yet. */
export function createAdapter({ http }: GatewayConfig): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: http.bodyBytesMax,
    // Fastify's own default is for ever.
    requestTimeout: ARRIVAL_MS,
    trustProxy: http.trustProxy.length === 0 ? false : [...http.trustProxy],
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: true },
    frameworkErrors: answerUnreadablePath(http.publicUrl),
    requestIdHeader: false,
    // What comes in on an open connection while the gateway stops is answered as ever, and told to come back on another.
    return503OnClosing: false,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestIdFrom(request.headers['request-id']),
  });
}

/** Puts on the server what every request meets, before any route is added. */
export async function equip(
  server: FastifyInstance,
  config: GatewayConfig,
  { metrics, inFlight }: { metrics: Metrics; inFlight: InFlight },
): Promise<void> {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('request-id', request.id);
    withContext(contextOf(request), done);
  });
  // Reading a body leaves the context: its bytes arrive on the connection, which belongs to no request.
  server.addHook('preValidation', (request, _reply, done) => withContext(contextOf(request), done));
  inFlight.watch(server);
  answerHead(server);
  server.addHook('onResponse', (request, reply, done) => {
    const labels = { route: request.routeOptions.url ?? 'unknown', method: request.method };
    metrics.httpSeconds.observe({ ...labels, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });
  await server.register(helmet, { global: true, ...headersFor(config.http.publicUrl) });
  allowBrowsers(server, config.http.corsOrigins);
  parseBodies(server, config.media.bytesMax + FORM_BYTES);
}

/** What every line of a request's log carries. */
function contextOf({ id: requestId, headers }: FastifyRequest): WorkContext {
  const traceId = traceIdFrom(headers['traceparent']);
  return { requestId, ...(traceId && { traceId }) };
}

/**
 * Monitors ask for `/readyz`, and providers for files, with HEAD before GET. In the API nobody may: there it would hold a stream
 * open for nobody, and note a read of what nobody was shown.
 */
function answerHead(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'HEAD' || !request.url.startsWith('/v1/')) return done();
    reply.callNotFound();
  });
}

/** Pages of ours load nothing from elsewhere, run no inline script and stand in no frame. */
function headersFor(publicUrl: string) {
  const isSecure = publicUrl.startsWith('https://');
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'https:'],
        'media-src': ["'self'", 'https:'],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
        // On plain HTTP this would make the browser ask for everything where nobody listens.
        ...(isSecure && { 'upgrade-insecure-requests': [] }),
      },
    },
    strictTransportSecurity: isSecure,
    // Answers of the widget routes are read by pages of other origins.
    crossOriginResourcePolicy: { policy: 'cross-origin' as const },
    referrerPolicy: { policy: 'same-origin' as const },
  };
}
