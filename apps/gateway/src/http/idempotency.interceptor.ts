import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import { fault, invalidInput } from '#libs/faults';
import type { Json } from '#libs/model';
import { Logger } from '#libs/observe';
import { Idempotency, type IdempotencyScope, type IdempotencyState, type OperationId } from '#libs/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { REPEATABLE, setOperation, writerOf } from './operation.js';

const KEY_MAX = 255;
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** How long a repetition waits for the first one to end. */
const WAIT_MS = 10_000;
const LOOK_EVERY_MS = { first: 20, last: 250 };

/** What is kept of an answer: itself, or the operation under which the write is run again. */
type Kept = { body: Json } | { again: OperationId };

/** Describes the header in the OpenAPI document. */
export const IdempotencyHeader = () =>
  ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: `Up to ${KEY_MAX} characters of your choice: the same key is one effect and the same answer for 24 hours`,
  });

/**
 * Makes every write that carries an `Idempotency-Key` happen once, however often it is sent, also at the same time.
 *
 * Failed writes are not kept: they changed nothing, and the same key may try again.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly reflector: Reflector,
    private readonly logger: Logger,
  ) {}

  /** @throws Fault `input/invalid`, `input/idempotency-key-reused`, `state/idempotency-in-progress`, `store/unavailable` */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const header = request.headers['idempotency-key'];
    const writer = writerOf(request);
    if (header === undefined || !writer || !WRITES.has(request.method)) return next.handle();
    const scope = { ...writer, key: keyOf(header, writer.keyMin) };
    const isRepeatable = this.reflector.get<boolean | undefined>(REPEATABLE, context.getHandler()) ?? false;
    return from(this.#once(scope, request, http.getResponse<FastifyReply>(), isRepeatable, next));
  }

  async #once(
    scope: IdempotencyScope,
    request: FastifyRequest,
    reply: FastifyReply,
    isRepeatable: boolean,
    next: CallHandler,
  ): Promise<unknown> {
    const begun = await this.#begin(scope, hashOf(request));
    if (begun.state === 'done') {
      const kept = begun.response as unknown as Kept;
      void reply.header('idempotent-replayed', 'true');
      if ('again' in kept) {
        setOperation(request, kept.again);
        return lastValueFrom(next.handle());
      }
      // What the write made was erased since; its answer went with it.
      if (begun.status === 410) throw fault('state/gone');
      void reply.status(begun.status);
      return kept.body ?? undefined;
    }
    const { operationId } = begun;
    setOperation(request, operationId);
    const answer = await this.#run(scope, operationId, next);
    const isKeptAsItIs = !isRepeatable && !(answer instanceof StreamableFile);
    const kept: Kept = isKeptAsItIs ? { body: (answer ?? null) as Json } : { again: operationId };
    await this.#keep(scope, operationId, reply.statusCode, kept);
    return answer;
  }

  async #begin(scope: IdempotencyScope, hash: string): Promise<Exclude<IdempotencyState, { state: 'busy' }>> {
    const until = Date.now() + WAIT_MS;
    for (let pauseMs = LOOK_EVERY_MS.first; ; pauseMs = Math.min(pauseMs * 2, LOOK_EVERY_MS.last)) {
      const begun = await this.idempotency.begin(scope.workspaceId, scope.principal, scope.key, hash);
      if (begun.state !== 'busy') return begun;
      if (Date.now() > until) throw fault('state/idempotency-in-progress', { retryAfterMs: 1_000 });
      await sleep(pauseMs);
    }
  }

  async #run(scope: IdempotencyScope, operationId: OperationId, next: CallHandler): Promise<unknown> {
    try {
      return await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await this.idempotency.abandon(scope, operationId).catch(() => undefined);
      throw error;
    }
  }

  /** The write stands whatever happens here: should its answer not be kept, a repetition makes the same again. */
  async #keep(scope: IdempotencyScope, operationId: OperationId, status: number, kept: Kept): Promise<void> {
    try {
      await this.idempotency.finish(scope, operationId, status, kept);
    } catch (error) {
      this.logger.fault(error, { during: 'keeping an idempotent answer' });
    }
  }
}

function keyOf(header: string | string[], keyMin: number): string {
  const key = String(header);
  if (key.length >= keyMin && key.length <= KEY_MAX && /^[\x21-\x7e]+$/.test(key)) return key;
  const message = `The Idempotency-Key header must have ${keyMin} to ${KEY_MAX} visible ASCII characters`;
  throw invalidInput([{ message, code: 'idempotency_key', path: [] }]);
}

function hashOf({ method, url, body }: FastifyRequest): string {
  return (
    createHash('sha256')
      .update(`${method} ${url}\n`)
      // A stream is not read twice: what it holds does not count.
      .update(Buffer.isBuffer(body) ? body : body instanceof Readable ? '' : JSON.stringify(body ?? null))
      .digest('base64url')
  );
}
