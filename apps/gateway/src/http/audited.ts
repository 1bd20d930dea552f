import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { callerOf, type Principal } from '#libs/access';
import { AuditLog } from '#libs/store';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { actorOf } from './actor.js';

const AUDITED = 'parley:audited';

/**
 * A route that shows what people said: every answer of it leaves a line in the audit log.
 *
 * @param action  `thing.verb`; the target is the `{id}` of the path, or the workspace
 */
export const Audited = (action: string) => SetMetadata(AUDITED, action);

/** Writes the line before the answer goes out: what cannot be told is not shown. */
@Injectable()
export class AuditedReads implements NestInterceptor {
  constructor(
    private readonly auditLog: AuditLog,
    private readonly reflector: Reflector,
  ) {}

  /** @throws Fault `store/unavailable` */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = this.reflector.get<string | undefined>(AUDITED, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = callerOf(request);
    if (action === undefined || !caller) return next.handle();
    return from(this.#tell(caller, action, request, next));
  }

  async #tell(
    caller: Principal,
    action: string,
    { params }: FastifyRequest,
    next: CallHandler,
  ): Promise<unknown> {
    const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
    const { id } = params as { id?: string };
    const target = id ?? caller.workspaceId;
    await this.auditLog.record(caller.workspaceId, { actor: actorOf(caller), action, target });
    return answer;
  }
}
