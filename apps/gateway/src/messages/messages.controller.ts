import { Body, Controller, Get, Post, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { traceText } from '#libs/bot';
import { CreateMessage, Message, MessageAnswer, type MessageId, MessageTrace, Timeline } from '#libs/model';
import { Conversations, type OperationId, Timelines } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { Produces } from '../http/accept.js';
import { AlsoAnswers, Answers, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { Limits } from '../limits/limits.js';
import { OpenToTestKeys } from '../limits/limits-guard.js';
import { MessageService } from './message-service.js';

@ApiTags('Messages')
@ApiBearerAuth()
@Problems()
@Controller('v1/messages')
export class MessagesController {
  constructor(
    private readonly messages: MessageService,
    private readonly limits: Limits,
    private readonly conversations: Conversations,
    private readonly timelines: Timelines,
  ) {}

  /** Says something as the person of a session, and awaits, streams or leaves the answer. */
  @Post()
  @Scopes('messages:write')
  @OpenToTestKeys()
  @Produces('application/json', 'text/event-stream')
  @IdempotencyHeader()
  @Answers(200, MessageAnswer, 'The answer; with `respond: stream` the events of the turn')
  @AlsoAnswers(202, MessageAnswer, 'Stored and still to be answered')
  async create(
    @Caller() caller: Principal,
    @Body({ schema: CreateMessage }) body: CreateMessage,
    @Operation() operationId: OperationId | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MessageAnswer | StreamableFile> {
    if (body.session_id !== undefined) await this.limits.forSession(body.session_id, reply);
    const answer = await this.messages.create(caller, body, operationId);
    if (answer instanceof StreamableFile) return answer;
    void reply.status(answer.status === 'completed' ? 200 : 202);
    return answer;
  }

  /** Reads one message. */
  @Get(':id')
  @Audited('message.read')
  @Scopes('messages:read')
  @Answers(200, Message, 'The message')
  get(@Caller() { workspaceId }: Principal, @Id('message') messageId: MessageId): Promise<Message> {
    return this.conversations.messageById(workspaceId, messageId);
  }

  /** Tells what happened to a message, hop by hop, with times. */
  @Get(':id/timeline')
  @Audited('message.read')
  @Scopes('trace:read')
  @Answers(200, Timeline, 'The way of the message')
  timeline(@Caller() { workspaceId }: Principal, @Id('message') messageId: MessageId): Promise<Timeline> {
    return this.timelines.of(workspaceId, messageId);
  }

  /** Tells why the bot answered a message as it did: who was asked, what each saw, decided and spent. */
  @Get(':id/trace')
  @Audited('message.read')
  @Scopes('trace:read')
  @Answers(200, MessageTrace, 'The trace, in steps and in words')
  async trace(
    @Caller() { workspaceId }: Principal,
    @Id('message') messageId: MessageId,
  ): Promise<MessageTrace> {
    const turn = await this.timelines.traceOf(workspaceId, messageId);
    const { outcome, bot_version: botVersion, steps: trace } = turn;
    return { ...turn, text: traceText({ outcome, botVersion, trace }) };
  }
}
