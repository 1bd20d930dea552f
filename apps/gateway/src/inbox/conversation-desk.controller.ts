import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Caller, type Principal, Scopes } from '#libs/access';
import {
  ChangeLabels,
  ConversationContext,
  type ConversationId,
  CreateNote,
  InboxConversation,
  MarkRead,
  Note,
  type NoteId,
  NoteList,
  OperatorTyping,
  Page,
  UpdateConversation,
} from '#libs/model';
import { ConversationContexts, Notes, type OperationId, type PageOf } from '#libs/store';
import { Answers, Problems } from '../http/answers.js';
import { Audited } from '../http/audited.js';
import { Id } from '../http/id-param.js';
import { IdempotencyHeader } from '../http/idempotency.interceptor.js';
import { Operation } from '../http/operation.js';
import { InboxService } from './inbox-service.js';

/** What operators do with a conversation besides answering it. */
@ApiTags('Inbox')
@ApiBearerAuth()
@Problems()
@Controller('v1')
@Scopes('messages:write')
export class ConversationDeskController {
  constructor(
    private readonly service: InboxService,
    private readonly notes: Notes,
    private readonly contexts: ConversationContexts,
  ) {}

  /** Opens, snoozes or closes a conversation, and gives it to a member. */
  @Patch('conversations/:id')
  @IdempotencyHeader()
  @Answers(200, InboxConversation, 'The conversation as it is now')
  update(
    @Caller() caller: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: UpdateConversation }) body: UpdateConversation,
  ): Promise<InboxConversation> {
    return this.service.update(caller, conversationId, body);
  }

  /** Puts labels on a conversation, and takes others away. */
  @Post('conversations/:id/labels')
  @IdempotencyHeader()
  @Answers(200, InboxConversation, 'The conversation as it is now')
  label(
    @Caller() caller: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: ChangeLabels }) body: ChangeLabels,
  ): Promise<InboxConversation> {
    return this.service.label(caller, conversationId, body);
  }

  /** Remembers how far the caller has read. */
  @Post('conversations/:id/read')
  @IdempotencyHeader()
  @Answers(204, null, 'It is remembered')
  read(
    @Caller() caller: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: MarkRead }) { seq }: MarkRead,
  ): Promise<void> {
    return this.service.read(caller, conversationId, seq);
  }

  /** Shows the person that an operator is writing. */
  @Post('conversations/:id/typing')
  @Answers(202, null, 'It was passed on')
  typing(
    @Caller() caller: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: OperatorTyping }) { type }: OperatorTyping,
  ): Promise<void> {
    return this.service.typing(caller, conversationId, type === 'typing.started');
  }

  /** Tells why the bot handed over, what it has asked for, and where a visitor came from. */
  @Get('conversations/:id/context')
  @Audited('conversation.read')
  @Scopes('conversations:read', 'messages:read')
  @Answers(200, ConversationContext, 'What is known besides what was said')
  context(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
  ): Promise<ConversationContext> {
    return this.contexts.of(workspaceId, conversationId);
  }

  /** Lists what operators wrote to each other about a conversation. */
  @Get('conversations/:id/notes')
  @Audited('conversation.read')
  @Scopes('conversations:read', 'messages:read')
  @Answers(200, NoteList, 'A page of notes, by creation')
  list(
    @Caller() { workspaceId }: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Query({ schema: Page }) page: Page,
  ): Promise<PageOf<Note>> {
    return this.notes.list(workspaceId, conversationId, page);
  }

  /** Writes a note: operators read it, and nobody else ever. */
  @Post('conversations/:id/notes')
  @IdempotencyHeader()
  @Answers(201, Note, 'The note')
  note(
    @Caller() caller: Principal,
    @Id('conversation') conversationId: ConversationId,
    @Body({ schema: CreateNote }) { text }: CreateNote,
    @Operation() operationId: OperationId | undefined,
  ): Promise<Note> {
    return this.service.note(caller, conversationId, text, operationId);
  }

  /** Takes a note away. */
  @Delete('notes/:id')
  @IdempotencyHeader()
  @Answers(204, null, 'It is gone')
  remove(@Caller() caller: Principal, @Id('note') noteId: NoteId): Promise<void> {
    return this.service.removeNote(caller, noteId);
  }
}
