import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { callerOf } from '#libs/access';
import { fault } from '#libs/faults';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Limits } from './limits.js';

const OPEN_TO_TEST = 'parley:open-to-test';
const READS = new Set(['GET', 'HEAD']);

/** A route that changes something, and that a test key may use all the same: it looks itself at what a test key may do. */
export const OpenToTestKeys = () => SetMetadata(OPEN_TO_TEST, true);

/** Counts the requests of callers, and keeps test keys from changing anything. */
@Injectable()
export class LimitsGuard implements CanActivate {
  constructor(
    private readonly limits: Limits,
    private readonly reflector: Reflector,
  ) {}

  /** @throws Fault `state/rate-limited`, `access/test-key` */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const caller = callerOf(request);
    if (!caller) return true;
    await this.limits.forCaller(caller, http.getResponse<FastifyReply>());
    if (!caller.isTest || READS.has(request.method)) return true;
    if (this.reflector.get<boolean | undefined>(OPEN_TO_TEST, context.getHandler())) return true;
    throw fault('access/test-key', { facts: { apiKeyId: caller.apiKeyId } });
  }
}
