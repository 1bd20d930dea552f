import { fault } from '#libs/faults';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJson } from './parse-json.js';

/** An archive of a workspace, which is taken in as a stream. */
export const ARCHIVE_TYPE = 'application/vnd.parley.archive';

/** Routes whose body is a file. */
const FILE_ROUTES = new Set([
  '/v1/media',
  '/v1/widget/media',
  '/v1/knowledge-bases/:id/files',
  '/v1/bots/import.zip',
]);

/** Routes whose body is a form, because a standard says so. */
const FORM_ROUTES = new Set(['/oauth/token', '/oauth/revoke', '/oauth/introspect']);

const FORM_TYPE = /^application\/x-www-form-urlencoded(?:\s*;|$)/i;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i;

/**
 * Decides how bodies are read: routes under `/hooks/` and those that take files get the exact bytes whatever their type,
 * because signatures cover bytes; all others get parsed JSON, or `undefined` for an empty body.
 *
 * @param fileBytesMax  largest body of the routes that take files
 * @throws Fault `input/unsupported-media-type`, `input/malformed-json` through Fastify's error handler
 */
export function parseBodies(server: FastifyInstance, fileBytesMax: number): void {
  server.addHook('onRoute', (route) => {
    if (FILE_ROUTES.has(route.url)) route.bodyLimit = fileBytesMax;
  });
  server.removeAllContentTypeParsers();
  // An archive is read as it comes; nothing else may.
  server.addContentTypeParser(ARCHIVE_TYPE, (request, payload, done) => {
    const isTaken = request.routeOptions.url === '/v1/imports';
    if (!isTaken) payload.resume();
    const refusal = fault('input/unsupported-media-type', { detail: 'Send the body as application/json.' });
    done(isTaken ? null : refusal, isTaken ? payload : undefined);
  });
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      done(null, parse(request, body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parse(request: FastifyRequest, body: Buffer): unknown {
  const route = request.routeOptions.url ?? '';
  if (request.url.startsWith('/hooks/') || FILE_ROUTES.has(route)) return body;
  // Whoever fires a trigger signs the bytes of any JSON; who changes one sends JSON of ours.
  if (request.method === 'POST' && route === '/v1/triggers/:id') return body;
  if (body.length === 0) return undefined;
  const type = request.headers['content-type'] ?? '';
  if (FORM_ROUTES.has(route))
    return FORM_TYPE.test(type) ? new URLSearchParams(body.toString('utf8')) : undefined;
  if (!JSON_TYPE.test(type)) {
    throw fault('input/unsupported-media-type', { detail: 'Send the body as application/json.' });
  }
  return parseJson(body);
}
