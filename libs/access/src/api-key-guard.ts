import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { fault } from '#libs/faults';
import type { Scope } from '#libs/model';
import { KeyService } from './key-service.js';
import { type Principal, requireScope } from './principal.js';

const SCOPES = 'parley:scopes';
const PUBLIC = 'parley:public';
const CALLER = Symbol('parley:caller');

interface KeyedRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Where it comes from, as far as the proxies before it are trusted. */
  ip?: string;
  [CALLER]?: Principal;
}

/** The scopes that a route, or every route of a controller, asks for: the caller's key needs all of them. */
export const Scopes = (...scopes: Scope[]) => SetMetadata(SCOPES, scopes);

/** A route that needs no API key. */
export const Public = () => SetMetadata(PUBLIC, true);

/** The caller that the guard has found, as a parameter of a handler. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = callerOf(context.switchToHttp().getRequest<KeyedRequest>());
  if (!principal) throw fault('access/missing-credentials');
  return principal;
});

/** The caller of a request that went through the guard; null for a public route. */
export function callerOf(request: object): Principal | null {
  return (request as KeyedRequest)[CALLER] ?? null;
}

/**
 * Lets a request through when its API key holds and has the route's scopes.
 *
 * A route without `@Scopes` and without `@Public` lets every good key in; what needs no more than that is `GET /v1/me`.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: KeyService,
    private readonly reflector: Reflector,
  ) {}

  /** @throws Fault `access/missing-credentials`, `access/invalid-api-key`, `access/ip-not-allowed`, `access/insufficient-scope` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<KeyedRequest>();
    const { authorization } = request.headers;
    const principal = await this.keys.authenticate(
      Array.isArray(authorization) ? authorization[0] : authorization,
      request.ip,
    );
    const scopes = this.reflector.getAllAndOverride<Scope[] | undefined>(SCOPES, places);
    requireScope(principal, ...(scopes ?? []));
    request[CALLER] = principal;
    return true;
  }
}
