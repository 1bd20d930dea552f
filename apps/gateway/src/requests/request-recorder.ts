import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { callerOf } from '#libs/access';
import { Logger } from '#libs/observe';
import { type NotedRequest, RequestLog } from '#libs/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../http/actor.js';
import { codeOf } from './met-code.js';

/** Requests gather for so long before they are written together. */
const GATHER_MS = 1_000;
/** What one gateway writes at most at a time: past the first number only what failed, past the second nothing. */
const WELL_MAX = 500;
const ALL_MAX = 1_000;
const PATH_MAX = 300;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Notes who asked what. It begins when the answer was sent, costs no request anything, and what cannot be written is left
 * out: under load the log has gaps, and the gateway has none.
 */
@Injectable()
export class RequestRecorder implements BeforeApplicationShutdown {
  #waiting: NotedRequest[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly log: RequestLog,
    private readonly logger: Logger,
  ) {}

  /** Notes every request from now on whose caller is known. */
  watch(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      const noted = noteOf(request, reply);
      if (noted) this.note(noted);
      done();
    });
  }

  /** Keeps a request until the next batch is written. */
  note(noted: NotedRequest): void {
    if (this.#waiting.length >= (noted.status < 400 ? WELL_MAX : ALL_MAX)) return;
    this.#waiting.push(noted);
    this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS).unref();
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#waiting;
    this.#waiting = [];
    await this.log.write(batch).catch((error: unknown) => {
      this.logger.fault(error, { during: 'writing the request log', lost: batch.length });
    });
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.flush();
  }
}

/** What is noted of a request; null for visitors and providers, and for what a person looked at in the console. */
function noteOf(request: FastifyRequest, reply: FastifyReply): NotedRequest | null {
  const caller = callerOf(request);
  if (!caller) return null;
  const { statusCode: status, elapsedTime } = reply;
  if (caller.memberId && status < 400 && READS.has(request.method)) return null;
  return {
    workspaceId: caller.workspaceId,
    at: new Date(Date.now() - elapsedTime),
    actor: actorOf(caller),
    method: request.method,
    path: (request.url.split('?', 1)[0] ?? '/').slice(0, PATH_MAX),
    status,
    ms: Math.round(elapsedTime),
    code: codeOf(request),
    requestId: request.id,
  };
}
