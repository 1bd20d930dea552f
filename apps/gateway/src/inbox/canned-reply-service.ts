import { Injectable } from '@nestjs/common';
import type { Principal } from '#libs/access';
import { fillIn, templateProblem } from '#libs/bot';
import { invalidInput } from '#libs/faults';
import type {
  CannedReply,
  CannedReplyId,
  ConversationId,
  CreateCannedReply,
  JsonObject,
  RenderedReply,
  UpdateCannedReply,
  WorkspaceId,
} from '#libs/model';
import {
  type Actor,
  CannedReplies,
  Contacts,
  Conversations,
  idOfOperation,
  type OperationId,
} from '#libs/store';
import { InboxService } from './inbox-service.js';

/** Answers that operators keep, with what is filled into them. */
@Injectable()
export class CannedReplyService {
  constructor(
    private readonly replies: CannedReplies,
    private readonly conversations: Conversations,
    private readonly contacts: Contacts,
    private readonly inbox: InboxService,
  ) {}

  /** @throws Fault `input/invalid` for a template that cannot be read; `state/already-exists`, `state/conflict` */
  create(
    workspaceId: WorkspaceId,
    body: CreateCannedReply,
    actor: Actor,
    operationId: OperationId | undefined,
  ): Promise<CannedReply> {
    requireTemplate(body.text);
    const id = operationId && idOfOperation('cannedReply', operationId);
    return this.replies.create(workspaceId, body, actor, id);
  }

  /** @throws Fault `input/invalid`, `state/not-found`, `state/already-exists` */
  update(
    workspaceId: WorkspaceId,
    id: CannedReplyId,
    body: UpdateCannedReply,
    actor: Actor,
  ): Promise<CannedReply> {
    if (body.text !== undefined) requireTemplate(body.text);
    return this.replies.update(workspaceId, id, body, actor);
  }

  /**
   * Fills in a reply. Values are put in as words, so that a name cannot bring a link into what we say.
   *
   * @throws Fault `state/not-found`
   */
  async render(caller: Principal, id: CannedReplyId, conversationId: ConversationId): Promise<RenderedReply> {
    const { workspaceId } = caller;
    const { text } = await this.replies.get(workspaceId, id);
    const conversation = await this.conversations.get(workspaceId, conversationId);
    const contact = await this.contacts.get(workspaceId, conversation.contact.id);
    const operator = { name: (await this.inbox.nameOf(caller)) ?? '' };
    const { name, attributes } = contact;
    const person = { name: name ?? '', attributes: attributes as JsonObject };
    return { text: fillIn(text, { contact: person, operator, conversation: { id: conversationId } }) };
  }
}

function requireTemplate(text: string): void {
  const problem = templateProblem(text);
  if (problem !== null) throw invalidInput([{ path: ['text'], code: 'template', message: problem }]);
}
