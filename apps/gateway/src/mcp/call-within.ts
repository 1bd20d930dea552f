import type { Fetch } from '#libs/sdk';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What of a request says who asks. */
const CREDENTIALS = ['authorization', 'cookie', 'parley-workspace', 'origin', 'host'];

/**
 * A `fetch` that stays in this process: it calls the routes of the server as whoever sent a request, from where they
 * sent it.
 */
export function callWithin(server: FastifyInstance, asked: FastifyRequest): Fetch {
  const credentials = Object.fromEntries(
    CREDENTIALS.flatMap((name) => (asked.headers[name] === undefined ? [] : [[name, asked.headers[name]]])),
  );
  return async (url, { method = 'GET', headers, body }) => {
    const { pathname, search } = new URL(url);
    const answer = await server.inject({
      method: method as 'GET',
      url: pathname + search,
      headers: { ...Object.fromEntries(new Headers(headers)), ...credentials },
      remoteAddress: asked.ip,
      ...(typeof body === 'string' && { payload: body }),
    });
    const given = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) given.set(name, String(value));
    const hasNoBody = answer.statusCode === 204 || answer.statusCode === 304;
    return new Response(hasNoBody ? null : answer.rawPayload, { status: answer.statusCode, headers: given });
  };
}
