import { Body, Controller, Get, Headers, Post, Query, StreamableFile, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Public } from '#libs/access';
import { connectorOf } from '#libs/connectors';
import { fault } from '#libs/faults';
import {
  CreateWidgetMessage,
  Page,
  WidgetAccepted,
  WidgetForm,
  WidgetMessageList,
  WidgetTyping,
} from '#libs/model';
import { Bell } from '#libs/queue';
import { Contacts, Conversations } from '#libs/store';
import { z } from 'zod';
import { LogStream } from '../conversations/log-stream.js';
import { Produces } from '../http/accept.js';
import { Answers, AnswersEvents, Problems } from '../http/answers.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Speaking } from '../messages/speaking.js';
import { contentsOf } from '../messages/spoken.js';
import { Visited, VisitorGuard } from './visitor-guard.js';
import { contactFrom } from './pre-chat-form.js';
import { visitorEvent, visitorMessage } from './visitor-view.js';
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

  /** Takes what was asked before the conversation, and keeps it at the contact. Answered again, it is changed. */
  @Post('form')
  @Answers(204, null, 'It is kept')
  async form(
    @Visited() { session, channel }: Visit,
    @Body({ schema: WidgetForm }) body: WidgetForm,
  ): Promise<void> {
    const form = connectorOf(channel.connector).visitors?.look(channel.settings).preChat;
    if (!form) throw fault('state/not-found', { detail: 'This chat asks for nothing.' });
    const { workspaceId, contactId, sessionId } = session;
    await this.contacts.update(workspaceId, contactId, contactFrom(form, body), `session:${sessionId}`);
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

  /** Tells that the visitor is typing, to whoever listens now. */
  @Post('events')
  @Answers(202, null, 'It was passed on')
  events(@Visited() { session }: Visit, @Body({ schema: WidgetTyping }) { type }: WidgetTyping): void {
    this.bell.ring('live', { conversationId: session.conversationId, type, data: { by: 'contact' } });
  }
}
