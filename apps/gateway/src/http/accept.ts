import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { fault } from '#libs/faults';
import type { FastifyRequest } from 'fastify';

const PRODUCES = 'parley:produces';

/** The media types that a route answers with, where they are not JSON. */
export const Produces = (...types: string[]) => SetMetadata(PRODUCES, types);

/** Refuses requests to the API whose `accept` header allows none of the types that the route answers with. */
@Injectable()
export class AcceptGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** @throws Fault `input/not-acceptable` */
  canActivate(context: ExecutionContext): boolean {
    const types = this.reflector.getAllAndOverride<string[] | undefined>(PRODUCES, [
      context.getHandler(),
      context.getClass(),
    ]) ?? ['application/json'];
    const { url, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!url.startsWith('/v1/') || types.some((type) => accepts(headers.accept, type))) return true;
    throw fault('input/not-acceptable', { detail: `This route answers with ${types.join(' or ')}.` });
  }
}

/**
 * Whether an `accept` header allows a media type.
 *
 * @see RFC 9110 §12.5.1 (read 2026-11-21); the most specific range wins, `q=0` refuses
 */
export function accepts(header: string | undefined, type: string): boolean {
  if (header === undefined || header.trim() === '') return true;
  const [family] = type.split('/');
  const ranges = header.split(',').map((range) => range.split(';').map((part) => part.trim().toLowerCase()));
  for (const wanted of [type, `${family}/*`, '*/*']) {
    const range = ranges.find(([name]) => name === wanted);
    if (range) return !range.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  }
  return false;
}
