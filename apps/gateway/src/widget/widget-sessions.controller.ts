import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  Post,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type KnownVisitor, Public, visitorOf } from '#libs/access';
import { CreateWidgetSession, type VisitorIdentity, type WidgetLook, WidgetSession } from '#libs/model';
import { idOfOperation, type LoadedChannel, type OperationId, VisitorKeys } from '#libs/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers, Problems } from '../http/answers.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable, setWriter } from '../http/operation.js';
import { Limits } from '../limits/limits.js';
import { type OpenSession, SessionService } from '../sessions/session-service.js';
import { LookService } from './look-service.js';
import { metadataOf } from './page-context.js';
import { WidgetDoor } from './widget-door.js';

/** How long a visitor may stay away and still go on; each visit begins it anew, and so does a page that stays open. */
const STAY_MS = 30 * 86_400_000;
/** Everybody shares this door: keys that can be guessed would hand out the sessions of others. */
const KEY_MIN = 22;

/** Names the writer of a public request: the channel that it asks for. */
@Injectable()
class ChannelDoorGuard implements CanActivate {
  constructor(
    private readonly door: WidgetDoor,
    private readonly limits: Limits,
  ) {}

  /** @throws what `WidgetDoor.channelFor` throws, Fault `state/rate-limited`; a body that names no channel is left to its schema */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const named = CreateWidgetSession.safeParse(request.body);
    if (!named.success) return true;
    const channelId = named.data.channel_id;
    const reply = http.getResponse<FastifyReply>();
    const channel = await this.door.channelFor(channelId, request, reply);
    await this.limits.forDoor(channelId, request.ip, reply);
    const principal = `public:${channelId}`;
    setWriter(request, { workspaceId: channel.workspaceId, principal, keyMin: KEY_MIN });
    return true;
  }
}

@ApiTags('Widget')
@Problems()
@Controller('v1/widget/sessions')
@Public()
export class WidgetSessionsController {
  constructor(
    private readonly door: WidgetDoor,
    private readonly sessions: SessionService,
    private readonly looks: LookService,
    private readonly visitorKeys: VisitorKeys,
  ) {}

  /** Begins a visitor's session, or, with the token of one, lets it go on; a known visitor goes on where they were. */
  @Post()
  @UseGuards(ChannelDoorGuard)
  @Repeatable()
  @IdempotencyHeader()
  @Answers(201, WidgetSession, 'The session with its token')
  async open(
    @Body({ schema: CreateWidgetSession }) body: CreateWidgetSession,
    @Operation() operationId: OperationId | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WidgetSession> {
    if (request.headers.authorization !== undefined && body.identity === undefined) {
      const { session, channel } = await this.door.visitOf(request, reply);
      return viewOf(await this.sessions.extend(session, STAY_MS), await this.looks.of(channel));
    }
    const channel = await this.door.channelFor(body.channel_id, request, reply);
    const known = body.identity && (await this.#visitor(body.identity, channel));
    const opened = await this.sessions.begin(channel.workspaceId, {
      ...known,
      topic: known && body.topic,
      channelId: body.channel_id,
      metadata: metadataOf(body, request.headers['user-agent']),
      ttlMs: STAY_MS,
      sessionId: operationId && idOfOperation('session', operationId),
    });
    return viewOf(opened, await this.looks.of(channel));
  }

  async #visitor(
    identity: VisitorIdentity,
    { workspaceId, channelId }: LoadedChannel,
  ): Promise<KnownVisitor> {
    const keys = await this.visitorKeys.materialOf(workspaceId, channelId);
    return visitorOf(identity, keys, { channelId, nowMs: Date.now() });
  }
}

function viewOf({ session, clientToken }: OpenSession, look: WidgetLook): WidgetSession {
  return {
    id: session.sessionId,
    conversation_id: session.conversationId,
    client_token: clientToken,
    expires_at: session.expiresAt.toISOString(),
    look,
  };
}
