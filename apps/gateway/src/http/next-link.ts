import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { GatewayConfig } from '#libs/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Config } from '../config-token.js';

/**
 * Says in a header where a list goes on, for clients that follow links and know nothing of our cursors.
 *
 * @see RFC 8288 (read 2026-11-21)
 */
@Injectable()
export class NextLinks implements NestInterceptor {
  constructor(@Config() private readonly config: GatewayConfig) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { method, url } = http.getRequest<FastifyRequest>();
    if (method !== 'GET') return next.handle();
    return next.handle().pipe(
      map((answer: unknown) => {
        const link = nextLink(answer, url, this.config.http.publicUrl);
        if (link) addLink(http.getResponse<FastifyReply>(), link);
        return answer;
      }),
    );
  }
}

/** The link to the page behind this one; null when the answer is no page, or the last one. */
export function nextLink(answer: unknown, url: string, publicUrl: string): string | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { has_more: hasMore, next_cursor: cursor } = answer as { has_more?: unknown; next_cursor?: unknown };
  if (hasMore !== true || typeof cursor !== 'string') return null;
  const [path = '', query = ''] = url.split('?', 2);
  const asked = new URLSearchParams(query);
  asked.set('cursor', cursor);
  return `<${publicUrl}${path}?${asked.toString()}>; rel="next"`;
}

function addLink(reply: FastifyReply, link: string): void {
  const before = reply.getHeader('link');
  void reply.header('link', before === undefined ? link : `${String(before)}, ${link}`);
}
