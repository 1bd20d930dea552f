import { Body, Controller, Get, Headers, Post, Query, Res, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Public } from '#libs/access';
import { connectorOf } from '#libs/connectors';
import { fault } from '#libs/faults';
import {
  CreateWidgetMessage,
  CreateWidgetTranscript,
  GiveVisitorFeedback,
  MessageFeedback,
  type MessageId,
  Page,
  type PreChat,
  WidgetAccepted,
  WidgetForm,
  WidgetMessageList,
  WidgetTyping,
} from '#libs/model';
import { Bell } from '#libs/queue';
import { Contacts, Conversations, type OperationId, Sessions } from '#libs/store';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { LogStream } from '../conversations/log-stream.js';
import { Produces } from '../http/accept.js';
import { Answers, AnswersEvents, Problems } from '../http/answers.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { Limits } from '../limits/limits.js';
import { FeedbackService } from '../messages/feedback-service.js';
import { Speaking } from '../messages/speaking.js';
import { contentsOf } from '../messages/spoken.js';
import { Visited, VisitorGuard } from './visitor-guard.js';
import { contactFrom, saidOf } from './pre-chat-form.js';
import { visitorEvent, visitorMessage } from './visitor-view.js';
import { TranscriptService } from './transcript-service.js';
import type { Visit } from './widget-door.js';

const After = z.strictObject({ after: z.string().max(20).optional() });

@ApiTags('Widget')
@ApiBearerAuth()
@Problems()
@Controller('v1/widget')
@Public()
@UseGuards(VisitorGuard)
export class WidgetController {
  constructor(
    private readonly contacts: Contacts,
    private readonly conversations: Conversations,
    private readonly speaking: Speaking,
    private readonly streams: LogStream,
    private readonly bell: Bell,
    private readonly sessions: Sessions,
    private readonly transcripts: TranscriptService,
    private readonly limits: Limits,
    private readonly opinions: FeedbackService,
  ) {}

  /** Lists what was said, and says after which event the stream goes on. */
  @Get('messages')
  @Answers(200, WidgetMessageList, 'A page of messages')
  async messages(
    @Visited() { session }: Visit,
    @Query({ schema: Page }) page: Page,
  ): Promise<z.infer<typeof WidgetMessageList>> {
    const { workspaceId, conversationId } = session;
    // First the position, then the list: what happens in between comes twice, never not at all.
    const { last_seq } = await this.conversations.get(workspaceId, conversationId);
    const found = await this.conversations.messages(workspaceId, conversationId, page);
    return { ...found, data: found.data.map(visitorMessage), last_seq };
  }

  /** Takes what a visitor says: once, however often it is sent. */
  @Post('messages')
  @IdempotencyHeader()
  @Answers(202, WidgetAccepted, 'Stored; the stream tells what follows')
  async say(
    @Visited() { session, channel }: Visit,
    @Body({ schema: CreateWidgetMessage }) body: CreateWidgetMessage,
  ): Promise<WidgetAccepted> {
    const { conversationId, thread } = session;
    const taken = await this.speaking.say(
      { channel, conversationId, thread },
      { contents: contentsOf(body), clientId: body.client_id, metadata: session.metadata },
    );
    return { event_id: taken.eventId, message_id: taken.messageId, is_duplicate: taken.isDuplicate };
  }

  /** Takes what the visitor thinks of an answer of the bot; said again, it takes the place of what they said before. */
  @Post('messages/:id/feedback')
  @IdempotencyHeader()
  @Answers(200, MessageFeedback, 'What they think of it now')
  feedback(
    @Visited() { session }: Visit,
    @Id('message') messageId: MessageId,
    @Body({ schema: GiveVisitorFeedback }) body: GiveVisitorFeedback,
  ): Promise<MessageFeedback> {
    return this.opinions.giveAsVisitor(session, messageId, body);
  }

  /** Keeps at the contact what was asked before the conversation, or what the page says of its visitor. */
  @Post('form')
  @Answers(204, null, 'It is kept')
  async form(
    @Visited() { session, channel }: Visit,
    @Body({ schema: WidgetForm }) body: WidgetForm,
  ): Promise<void> {
    const { workspaceId, contactId, sessionId } = session;
    const { attributes, ...rest } = body.fields ? contactFrom(preChatOf(channel), body.fields) : {};
    const changes = { ...rest, attributes: { ...attributes, ...saidOf(body.said ?? {}) } };
    await this.contacts.update(workspaceId, contactId, changes, `session:${sessionId}`);
  }

  /** Sends what was said by mail, to an address that the visitor names: a few times in an hour. */
  @Post('transcript')
  @IdempotencyHeader()
  @Answers(202, null, 'It is on its way')
  async transcript(
    @Visited() visit: Visit,
    @Body({ schema: CreateWidgetTranscript }) body: CreateWidgetTranscript,
    @Operation() operationId: OperationId | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.limits.forTranscript(visit.session, reply);
    await this.transcripts.send(visit, body, operationId);
  }

  /** Streams what happens in the visitor's conversation. */
  @Get('stream')
  @Produces('text/event-stream')
  @AnswersEvents('Events: `id` is the sequence number')
  async stream(
    @Visited() { session }: Visit,
    @Query({ schema: After }) { after }: z.infer<typeof After>,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): Promise<StreamableFile> {
    const { workspaceId, conversationId } = session;
    const body = await this.streams.open(workspaceId, conversationId, { lastEventId, after }, visitorEvent);
    return body.asAnswer();
  }

  /** Tells what the visitor does beside speaking: types, wants no more of an answer, or logs out. */
  @Post('events')
  @Answers(202, null, 'It was passed on')
  async events(
    @Visited() { session }: Visit,
    @Body({ schema: WidgetTyping }) { type }: WidgetTyping,
  ): Promise<void> {
    const { conversationId, workspaceId, sessionId } = session;
    if (type === 'answer.stopped') return this.bell.ring('stop', { conversationId });
    if (type !== 'session.ended') {
      return this.bell.ring('live', { conversationId, type, data: { by: 'contact' } });
    }
    await this.sessions.end(workspaceId, sessionId);
    this.bell.ring('conversation', { ids: [conversationId] });
  }
}

/** @throws Fault `state/not-found` where nothing is asked */
function preChatOf({ connector, settings }: Visit['channel']): PreChat {
  const form = connectorOf(connector).visitors?.look(settings).preChat;
  if (form) return form;
  throw fault('state/not-found', { detail: 'This chat asks for nothing.' });
}
