import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setWriter } from '../http/operation.js';
import { Limits } from '../limits/limits.js';
import { type Visit, WidgetDoor } from './widget-door.js';

const VISIT = Symbol('parley:visit');

interface VisitedRequest {
  [VISIT]?: Visit;
}

/** The visitor that the guard has let in, as a parameter of a handler. */
export const Visited = createParamDecorator((_: unknown, context: ExecutionContext): Visit | undefined => {
  return context.switchToHttp().getRequest<VisitedRequest>()[VISIT];
});

/** Lets in who holds the token of a session, from a page that the channel allows. */
@Injectable()
export class VisitorGuard implements CanActivate {
  constructor(
    private readonly door: WidgetDoor,
    private readonly limits: Limits,
  ) {}

  /** @throws what `WidgetDoor.visitOf` throws; Fault `state/rate-limited` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const visit = await this.door.visitOf(request, reply);
    await this.limits.forVisitor(visit.session, request.method !== 'GET', reply);
    (request as VisitedRequest)[VISIT] = visit;
    const { workspaceId, sessionId } = visit.session;
    setWriter(request, { workspaceId, principal: sessionId, keyMin: 1 });
    return true;
  }
}
