import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { fault } from '#libs/faults';
import { isId, type Scope } from '#libs/model';
import { AccessOptions } from './access-options.js';
import { ClientService } from './client-service.js';
import { KeyService } from './key-service.js';
import { LogIn } from './log-in.js';
import { type Principal, requireScope } from './principal.js';
import { requireSameSite, sessionTokenOf } from './session-cookie.js';

const SCOPES = 'parley:scopes';
const PUBLIC = 'parley:public';
const CALLER = Symbol('parley:caller');

interface KeyedRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  method?: string;
  /** Where it comes from, and what it was sent to, as far as the proxies before it are trusted. */
  ip?: string;
  protocol?: string;
  host?: string;
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

/** Origins that are ours: the configured one, and the one under which a browser found us. */
export function ownOrigins(
  publicUrl: string,
  { protocol = 'http', host = '' }: { protocol?: string; host?: string },
): string[] {
  return [new URL(publicUrl).origin, `${protocol}://${host}`];
}

/**
 * Lets a request through when its API key holds, or its console session goes on, and may do what the route asks for.
 *
 * A session holds together with the header `parley-workspace` only: no form of another site can send that, and no page of
 * another origin is allowed to. A route without `@Scopes` and without `@Public` lets everybody in who is known; what needs
 * no more than that is `GET /v1/me`.
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: KeyService,
    private readonly clients: ClientService,
    private readonly logIn: LogIn,
    private readonly options: AccessOptions,
    private readonly reflector: Reflector,
  ) {}

  /**
   * @throws Fault `access/missing-credentials`, `access/invalid-api-key`, `access/ip-not-allowed`, `access/invalid-session`,
   *   `access/second-factor-needed`, `access/not-a-member`, `access/cross-site`, `access/insufficient-scope`
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places)) return true;
    const request = context.switchToHttp().getRequest<KeyedRequest>();
    const principal = await this.#principalOf(request);
    const scopes = this.reflector.getAllAndOverride<Scope[] | undefined>(SCOPES, places);
    requireScope(principal, ...(scopes ?? []));
    request[CALLER] = principal;
    return true;
  }

  async #principalOf(request: KeyedRequest): Promise<Principal> {
    const { authorization, 'parley-workspace': named } = request.headers;
    const token = authorization === undefined ? sessionTokenOf(request.headers) : null;
    if (token === null) {
      const bearer = String(authorization ?? '')
        .replace(/^bearer +/i, '')
        .trim();
      if (this.clients.isToken(bearer)) return this.clients.principalOf(bearer);
      return this.keys.authenticate(
        authorization === undefined ? undefined : String(authorization),
        request.ip,
      );
    }
    if (typeof named !== 'string') {
      throw fault('access/missing-credentials', {
        detail: 'With a console session, name the workspace in the parley-workspace header.',
      });
    }
    requireSameSite(request.method ?? '', request.headers, ownOrigins(this.options.publicUrl, request));
    if (!isId('workspace', named)) throw fault('access/not-a-member');
    return this.logIn.principalOf(token, named);
  }
}
