import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Dates from which the API is as it is; the newest first. A new one is added by a change that would break a caller. */
const VERSIONS = ['2026-11-21'] as const;

/** Says which version of the API answers, and refuses to answer as one that it never was. */
@Injectable()
export class VersionGuard implements CanActivate {
  /** @throws Fault `input/unsupported-version` that lists the ones there are */
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const { url, headers } = http.getRequest<FastifyRequest>();
    if (!url.startsWith('/v1/')) return true;
    const asked = headers['parley-version'] ?? VERSIONS[0];
    const known = VERSIONS.find((version) => version === asked);
    if (!known) {
      throw fault('input/unsupported-version', { detail: `Versions of the API: ${VERSIONS.join(', ')}.` });
    }
    void http.getResponse<FastifyReply>().header('parley-version', known);
    return true;
  }
}
