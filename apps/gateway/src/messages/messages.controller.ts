import { Body, Controller, Delete, Get, Post, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import { traceText } from '#libs/bot';
import {
  CreateMessage,
  GiveFeedback,
  Message,
  MessageAnswer,
  MessageFeedback,
  MessageFeedbackList,
  type MessageId,
  MessageRedaction,
  MessageTrace,
  Timeline,
} from '#libs/model';
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
import { FeedbackService } from './feedback-service.js';
import { RedactionService } from './redaction-service.js';
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
    private readonly feedback: FeedbackService,
    private readonly redaction: RedactionService,
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

  /** Takes away what a message said, for good, wherever it is kept; its place in the conversation stays. */
  @Delete(':id')
  @Scopes('messages:write', 'contacts:write')
  @Answers(200, MessageRedaction, 'It is gone; asked for again, the answer is the same')
  redact(@Caller() caller: Principal, @Id('message') messageId: MessageId): Promise<MessageRedaction> {
    return this.redaction.redact(caller, messageId);
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

  /** Says whether an answer of the bot was good; said again, it takes the place of what the same one said before. */
  @Post(':id/feedback')
  @Scopes('messages:write')
  @IdempotencyHeader()
  @Answers(200, MessageFeedback, 'What they think of it now')
  giveFeedback(
    @Caller() caller: Principal,
    @Id('message') messageId: MessageId,
    @Body({ schema: GiveFeedback }) body: GiveFeedback,
  ): Promise<MessageFeedback> {
    return this.feedback.give(caller, messageId, body);
  }

  /** Lists what the person and operators think of an answer of the bot. */
  @Get(':id/feedback')
  @Audited('message.read')
  @Scopes('messages:read')
  @Answers(200, MessageFeedbackList, 'One entry for each who said something, the oldest first')
  async listFeedback(
    @Caller() { workspaceId }: Principal,
    @Id('message') messageId: MessageId,
  ): Promise<MessageFeedbackList> {
    return { data: await this.feedback.list(workspaceId, messageId) };
  }
}
