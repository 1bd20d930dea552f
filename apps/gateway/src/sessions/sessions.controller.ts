import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { CreateSession, RefreshSession, Session, type SessionId } from '#libs/model';
import { Bell } from '#libs/queue';
import { idOfOperation, type OperationId } from '#libs/store';
import { Answers, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation, Repeatable } from '../http/operation.js';
import { OpenToTestKeys } from '../limits/limits-guard.js';
import { SessionService, sessionOf } from './session-service.js';
import { asTest, requireTestSession } from './test-sessions.js';

@ApiTags('Sessions')
@ApiBearerAuth()
@Problems()
@Controller('v1/sessions')
@Scopes('sessions:write')
export class SessionsController {
  constructor(
    private readonly sessions: SessionService,
    private readonly bell: Bell,
  ) {}

  /** Starts a session; a person with the same `external_id` goes on where they were. */
  @Post()
  @OpenToTestKeys()
  @Repeatable()
  @IdempotencyHeader()
  @Answers(201, Session, 'The session, with a token for the browser')
  async create(
    @Caller() { workspaceId, isTest }: Principal,
    @Body({ schema: CreateSession }) { channel_id, contact, metadata, ttl_seconds }: CreateSession,
    @Operation() operationId: OperationId | undefined,
  ): Promise<Session> {
    const session = {
      channelId: channel_id ?? (await this.sessions.defaultChannel(workspaceId)),
      externalId: contact.external_id,
      name: contact.name,
      attributes: contact.attributes,
      metadata,
      ttlMs: ttl_seconds * 1_000,
      sessionId: operationId && idOfOperation('session', operationId),
    };
    return sessionOf(await this.sessions.begin(workspaceId, isTest ? asTest(session) : session));
  }

  /** Reads a session that has not ended. */
  @Get(':id')
  @Answers(200, Session, 'The session')
  async get(@Caller() { workspaceId }: Principal, @Id('session') sessionId: SessionId): Promise<Session> {
    return sessionOf(await this.sessions.get(workspaceId, sessionId));
  }

  /** Lets a session live on, with a new token for the browser; the one before holds as long as it did. */
  @Post(':id/refresh')
  @OpenToTestKeys()
  @Repeatable()
  @IdempotencyHeader()
  @Answers(200, Session, 'The session, with a token until its new end')
  async refresh(
    @Caller() { workspaceId, isTest }: Principal,
    @Id('session') sessionId: SessionId,
    @Body({ schema: RefreshSession }) { ttl_seconds: seconds }: RefreshSession,
  ): Promise<Session> {
    const { session } = await this.sessions.get(workspaceId, sessionId);
    if (isTest) requireTestSession(session);
    return sessionOf(await this.sessions.extend(session, seconds * 1_000));
  }

  /** Ends a session: its token opens nothing any more. */
  @Delete(':id')
  @IdempotencyHeader()
  @Answers(204, null, 'It has ended')
  async end(@Caller() { workspaceId }: Principal, @Id('session') sessionId: SessionId): Promise<void> {
    const { conversationId } = await this.sessions.end(workspaceId, sessionId);
    this.bell.ring('conversation', { ids: [conversationId] });
  }
}
