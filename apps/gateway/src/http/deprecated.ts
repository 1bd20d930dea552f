import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Observable } from 'rxjs';

const DEPRECATED = 'parley:deprecated';

/** A route that will go. */
export interface Deprecation {
  /** Since when nobody should begin to use it; RFC 3339. */
  since: string;
  /** When it goes, at the earliest: twelve months later or more; RFC 3339. */
  sunset: string;
  /** Path of the page that says what to use in its place. */
  link: string;
}

/** Says of a route, in its description and in every answer, that it will go. */
export const Deprecated = (deprecation: Deprecation): MethodDecorator =>
  applyDecorators(SetMetadata(DEPRECATED, deprecation), ApiOperation({ deprecated: true }));

/**
 * Puts the headers on what deprecated routes answer.
 *
 * @see RFC 9745 §2 and RFC 8594 §3 (read 2026-11-21): one counts seconds since 1970, the other is a date of HTTP
 */
@Injectable()
export class DeprecationInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const found = this.reflector.get<Deprecation | undefined>(DEPRECATED, context.getHandler());
    if (found) {
      const reply = context.switchToHttp().getResponse<FastifyReply>();
      void reply
        .header('deprecation', `@${Math.floor(Date.parse(found.since) / 1_000)}`)
        .header('sunset', new Date(found.sunset).toUTCString())
        .header('link', `<${found.link}>; rel="deprecation"; type="text/html"`);
    }
    return next.handle();
  }
}
