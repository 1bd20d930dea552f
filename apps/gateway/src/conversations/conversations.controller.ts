import { Body, Controller, Get, Headers, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  ChannelId,
  ContactId,
  Conversation,
  type ConversationId,
  DryRunResult,
  listOf,
  Message,
  MessageList,
  Owner,
  Page,
  PassControl,
  SendMessage,
  TranscriptQuery,
} from '#libs/model';
import { Conversations, type OperationId, type PageOf } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Produces } from '../http/accept.js';
import { AlsoAnswers, Answers, AnswersEvents, AnswersFile, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { actorOf } from '../http/actor.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { ControlService } from './control-service.js';
import { Operation } from '../http/operation.js';
import { InboxService } from '../inbox/inbox-service.js';
import { SendingService } from '../messages/sending-service.js';
import { LogStream } from './log-stream.js';
import { Transcripts } from './transcripts.js';

const ConversationList = listOf(Conversation, 'ConversationList');
const ConversationPage = Page.extend({
  channel_id: ChannelId.optional(),
  contact_id: ContactId.optional(),
  state: z.enum(['open', 'snoozed', 'closed']).optional(),
  owner: Owner.optional().describe('queue: those that wait for an operator'),
});
const After = z.strictObject({
  after: z.string().max(20).optional().describe('Go on after this sequence number; 0 tells everything'),
});

@ApiTags('Conversations')
@ApiBearerAuth()
@Problems()
@Controller('v1/conversations')
@Scopes('conversations:read')
export class ConversationsController {
  constructor(
    private readonly conversations: Conversations,
    private readonly streams: LogStream,
    private readonly control: ControlService,
    private readonly sending: SendingService,
    private readonly inbox: InboxService,
    private readonly transcripts: Transcripts,
  ) {}

  /** Lists conversations by creation. */
  @Get()
  @Answers(200, ConversationList, 'A page of conversations')
  list(
    @Caller() { workspaceId }: Principal,
    @Query({ schema: ConversationPage }) query: z.infer<typeof ConversationPage>,
  ): Promise<PageOf<Conversation>> {
    const { channel_id: channelId, contact_id: contactId, state, owner, ...page } = query;
    return this.conversations.list(workspaceId, page, { channelId, contactId, state, owner });
  }

  /** Reads one conversation. */
  @Get(':id')
  @Answers(200, Conversation, 'The conversation')
  get(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
  ): Promise<Conversation> {
    return this.conversations.get(workspaceId, conversationId);
  }

  /** Passes the conversation to the bot, the queue, an operator or an external desk; nobody else answers from then on. */
  @Post(':id/control')
  @Scopes('messages:write')
  @IdempotencyHeader()
  @Answers(200, Conversation, 'The conversation with its owner')
  pass(
    @Caller() caller: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: PassControl }) input: PassControl,
  ): Promise<Conversation> {
    return this.control.pass(caller.workspaceId, conversationId, input, actorOf(caller));
  }

  /** Lists the messages of a conversation. */
  @Get(':id/messages')
  @Audited('conversation.read')
  @Scopes('messages:read')
  @Answers(200, MessageList, 'A page of messages')
  messages(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<Message>> {
    return this.conversations.messages(workspaceId, conversationId, page);
  }

  /** Gives out everything that was said in a conversation, to keep or to print. */
  @Get(':id/transcript')
  @Audited('conversation.read')
  @Scopes('messages:read')
  @Produces('application/json', 'text/csv', 'text/plain', 'text/html')
  @AnswersFile('The transcript, in the form that was asked for')
  transcript(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Query({ schema: TranscriptQuery }) { format }: TranscriptQuery,
  ): Promise<StreamableFile> {
    return this.transcripts.write(workspaceId, conversationId, format);
  }

  /** Says something to the person of a conversation, on its channel; receipts move its status. */
  @Post(':id/messages')
  @Scopes('messages:write')
  @IdempotencyHeader()
  @Answers(202, Message, 'The message, queued')
  @AlsoAnswers(200, DryRunResult, 'With `dry_run`: what would be sent')
  async send(
    @Caller() caller: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: SendMessage }) body: SendMessage,
    @Operation() operationId: OperationId | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message | DryRunResult> {
    if (!body.dry_run) {
      const speaker = await this.inbox.speaker(caller, body.author);
      return this.sending.send(caller.workspaceId, conversationId, body, operationId, speaker);
    }
    void reply.status(200);
    return this.sending.dryRun(caller.workspaceId, conversationId, body);
  }

  /** Streams the events of a conversation; `Last-Event-ID` or `after` says where to go on. */
  @Get(':id/stream')
  @Audited('conversation.read')
  @Produces('text/event-stream')
  @AnswersEvents('Events: `id` is the sequence number, `data` a ConversationEvent')
  async stream(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Query({ schema: After }) { after }: z.infer<typeof After>,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): Promise<StreamableFile> {
    await this.conversations.get(workspaceId, conversationId);
    const body = await this.streams.open(workspaceId, conversationId, { lastEventId, after });
    return body.asAnswer();
  }
}
