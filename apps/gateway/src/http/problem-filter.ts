import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import { type Fault, fault, problemContentType, retryAfterSeconds, toProblem } from '#libs/faults';
import type { Logger } from '#libs/observe';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { KnownRoutes } from './known-routes.js';
import { noteCode } from '../requests/met-code.js';
import { toHttpFault } from './to-http-fault.js';

/** When nobody says how long a 503 lasts, in seconds. */
const RETRY_AFTER_DEFAULT_SECONDS = 5;

/** Turns whatever a request ends in into a problem document (RFC 9457), and writes its line into the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly routes: KnownRoutes,
    private readonly logger: Logger,
    private readonly publicUrl: string,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const met = this.#faultOf(thrown, request, reply);
    this.logger.fault(met, { route: request.routeOptions?.url ?? 'unknown', method: request.method });
    if (reply.sent) return;
    noteCode(request, met.code);
    addHeaders(reply, met);
    const problem = toProblem(met, request.id, { publicUrl: this.publicUrl });
    void reply
      .removeHeader('cache-control')
      .status(met.http)
      .type(`${problemContentType}; charset=utf-8`)
      .send(JSON.stringify(problem));
  }

  #faultOf(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Fault {
    // Only the router throws this one: handlers say `state/not-found`.
    if (!(thrown instanceof NotFoundException)) return toHttpFault(thrown);
    const methods = this.routes.methodsOf(request.url.split('?', 1)[0] ?? '/');
    // A route that takes every path below it may find nothing there.
    if (methods.length === 0 || methods.includes(request.method))
      return fault('state/not-found', { detail: 'There is no such path.' });
    void reply.header('allow', methods.join(', '));
    return fault('input/method-not-allowed', {
      detail: `This path takes ${methods.join(', ')}.`,
    });
  }
}

function addHeaders(reply: FastifyReply, met: Fault): void {
  const retryAfter = retryAfterSeconds(met) ?? (met.http === 503 ? RETRY_AFTER_DEFAULT_SECONDS : undefined);
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  const challenge = challengeOf(met);
  if (challenge !== null) void reply.header('www-authenticate', `Bearer realm="parley"${challenge}`);
}

/** What a client library needs to hear of credentials. @see RFC 6750 §3 (read 2026-11-21) @returns null when it was not for them */
function challengeOf({ code, http, facts }: Fault): string | null {
  if (code === 'access/insufficient-scope') {
    const missing = typeof facts['missing'] === 'string' ? `, scope="${facts['missing']}"` : '';
    return `, error="insufficient_scope"${missing}`;
  }
  if (http !== 401) return null;
  return code === 'access/missing-credentials' ? '' : ', error="invalid_token"';
}
