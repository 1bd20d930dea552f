import { Injectable } from '@nestjs/common';
import {
  LogIn,
  ownOrigins,
  type Principal,
  requireSameSite,
  requireScope,
  sessionTokenOf,
} from '#libs/access';
import type { GatewayConfig } from '#libs/config';
import { fault, isFault, problemContentType, toProblem } from '#libs/faults';
import { QueueBoards } from '#libs/queue';
import { AuditLog } from '#libs/store';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config-token.js';
import { toHttpFault } from '../http/to-http-fault.js';
import { page } from './html.js';
import { queuePage, queuePolicy } from './queue-page.js';

const CHANGES = '/console/queues';
const LOOKS = '/console/queues/look';

/**
 * The second view of the queues: Bull Board, behind the session of the console.
 *
 * Queues belong to the whole installation. So its first workspace decides: who may follow messages there may look
 * (`trace:read`), who may pause channels there may change (`channels:write`); the others get a board that only shows.
 */
@Injectable()
export class QueueBoard {
  constructor(
    private readonly boards: QueueBoards,
    private readonly logIn: LogIn,
    private readonly audit: AuditLog,
    @Config() private readonly config: GatewayConfig,
  ) {}

  /** Puts both boards on the server, before its other routes. */
  async mount(server: FastifyInstance): Promise<void> {
    for (const basePath of [LOOKS, CHANGES]) {
      const { plugin, uiConfig } = await this.boards.make({ basePath, isReadOnly: basePath === LOOKS });
      const html = queuePage(basePath, uiConfig);
      await server.register(
        (board, _options, done) => {
          board.addHook('onRequest', (request, reply) => this.#guard(request, reply, basePath));
          board.addHook('preHandler', async (request, reply) => {
            if (isPage(request, basePath)) await reply.type('text/html; charset=utf-8').send(html);
          });
          board.register(plugin);
          done();
        },
        { prefix: basePath },
      );
    }
  }

  async #guard(request: FastifyRequest, reply: FastifyReply, basePath: string): Promise<void> {
    void reply
      .header('content-security-policy', queuePolicy)
      .header('cross-origin-opener-policy', 'same-origin')
      .header('cache-control', 'no-store');
    try {
      const caller = await this.#callerOf(request);
      requireScope(caller, 'trace:read');
      const mayChange = caller.scopes.includes('channels:write');
      if (basePath === LOOKS || mayChange) return;
      if (!isPage(request, basePath)) requireScope(caller, 'channels:write');
      await reply.redirect(LOOKS);
    } catch (error) {
      await this.#refuse(error, request, reply, basePath);
    }
  }

  async #callerOf(request: FastifyRequest): Promise<Principal> {
    requireSameSite(request.method, request.headers, ownOrigins(this.config.http.publicUrl, request));
    const token = sessionTokenOf(request.headers);
    const [first] = await this.audit.workspaces();
    if (token === null || first === undefined) {
      throw fault('access/missing-credentials', { detail: 'Sign in to the console first.' });
    }
    return this.logIn.principalOf(token, first);
  }

  async #refuse(
    error: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
    basePath: string,
  ): Promise<void> {
    const met = toHttpFault(error);
    const isUnknown = met.http === 401 && !isFault(error, 'access/second-factor-needed');
    if (isPage(request, basePath) && isUnknown) {
      await reply.redirect(`/console/sign-in?next=${encodeURIComponent('/operations/queues')}`);
      return;
    }
    void reply.status(met.http);
    if (isPage(request, basePath)) {
      const words =
        '<h1>Not for you</h1>\n<p>Your role in the first workspace of this installation may not look at the queues.</p>';
      await reply.type('text/html; charset=utf-8').send(page('Queues', words));
      return;
    }
    const problem = toProblem(met, request.id, { publicUrl: this.config.http.publicUrl });
    await reply.type(`${problemContentType}; charset=utf-8`).send(JSON.stringify(problem));
  }
}

/** Whether a browser asks for the page, and not for what it loads or calls. */
function isPage({ method, url }: FastifyRequest, basePath: string): boolean {
  return (
    method === 'GET' && !/^\/(?:api|static)(?:\/|$)/.test(url.slice(basePath.length).split('?', 1)[0] ?? '')
  );
}
