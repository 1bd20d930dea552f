import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { LogIn, ownOrigins, requireSameSite, sessionTokenOf } from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { fault } from '#libs/faults';
import type { StoredLoginSession } from '#libs/store';
import type { FastifyRequest } from 'fastify';
import { Config } from '../config-token.js';

const PERSON = Symbol('parley:person');

/** A person with a console session, wherever they work. */
export interface Visitor extends StoredLoginSession {
  token: string;
}

interface PersonalRequest {
  [PERSON]?: Visitor;
}

/** The person that the guard has found, as a parameter of a handler. */
export const Person = createParamDecorator((_: unknown, context: ExecutionContext): Visitor | undefined => {
  return context.switchToHttp().getRequest<PersonalRequest>()[PERSON];
});

/** Keeps pages of other sites from logging people in and out. */
@Injectable()
export class SameSiteGuard implements CanActivate {
  constructor(@Config() private readonly config: GatewayConfig) {}

  /** @throws Fault `access/cross-site` */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    requireSameSite(request.method, request.headers, ownOrigins(this.config.http.publicUrl, request));
    return true;
  }
}

/** Lets people in who are signed in; whatever they may do is another question. */
@Injectable()
export class PersonGuard implements CanActivate {
  constructor(private readonly logIn: LogIn) {}

  /** @throws Fault `access/missing-credentials`, `access/invalid-api-key`, `access/invalid-session`, `access/second-factor-needed` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.headers.authorization !== undefined) {
      throw fault('access/invalid-api-key', {
        detail: 'These routes are for people: a key opens none of them.',
      });
    }
    const token = sessionTokenOf(request.headers);
    if (token === null) {
      throw fault('access/missing-credentials', { detail: 'These routes are for people who are signed in.' });
    }
    (request as PersonalRequest)[PERSON] = { ...(await this.logIn.resume(token, null)), token };
    return true;
  }
}
