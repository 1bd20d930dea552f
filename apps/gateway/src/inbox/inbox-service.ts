import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import type { Principal } from '#libs/access';
import type {
  ChangeLabels,
  ConversationId,
  InboxConversation,
  Note,
  NoteId,
  PresenceList,
  SetPresence,
  UpdateConversation,
  WorkspaceId,
} from '#libs/model';
import { Bell } from '#libs/queue';
import {
  ConversationDesk,
  idOfOperation,
  InboxList,
  type InboxReader,
  Notes,
  type OperationId,
  Operators,
} from '#libs/store';
import { actorOf } from '../http/actor.js';
import type { Speaker } from '../messages/sending-service.js';
import { operatorOf } from './operator.js';

/** What operators do with conversations, and how the others hear of it. */
@Injectable()
export class InboxService {
  constructor(
    private readonly desk: ConversationDesk,
    private readonly inbox: InboxList,
    private readonly notes: Notes,
    private readonly operators: Operators,
    private readonly bell: Bell,
  ) {}

  /** @throws Fault `state/not-found`, `state/conflict`, `input/invalid` */
  async update(
    caller: Principal,
    conversationId: ConversationId,
    changes: UpdateConversation,
  ): Promise<InboxConversation> {
    const reader = operatorOf(caller);
    const isChanged = await this.desk.update(caller.workspaceId, conversationId, changes, reader.operator);
    return this.#changed(caller.workspaceId, conversationId, reader, isChanged);
  }

  /** @throws Fault `state/not-found`, `input/invalid` */
  async label(
    caller: Principal,
    conversationId: ConversationId,
    changes: ChangeLabels,
  ): Promise<InboxConversation> {
    const reader = operatorOf(caller);
    const { workspaceId } = caller;
    const isChanged = await this.desk.changeLabels(workspaceId, conversationId, changes, reader.operator);
    return this.#changed(workspaceId, conversationId, reader, isChanged);
  }

  /** @throws Fault `state/not-found` */
  async read(caller: Principal, conversationId: ConversationId, seq: number): Promise<void> {
    const { workspaceId } = caller;
    await this.desk.markRead(workspaceId, conversationId, operatorOf(caller).operator, seq);
    this.bell.ring('inbox', { workspaceId, changed: 'read', conversationId });
  }

  /** @throws Fault `state/not-found` */
  async note(
    caller: Principal,
    conversationId: ConversationId,
    text: string,
    operationId: OperationId | undefined,
  ): Promise<Note> {
    const { workspaceId } = caller;
    const { operator: author } = operatorOf(caller);
    const authorName = await this.nameOf(caller);
    const noteId = operationId && idOfOperation('note', operationId);
    const note = await this.notes.create(workspaceId, conversationId, { text, author, authorName }, noteId);
    this.bell.ring('inbox', { workspaceId, changed: 'notes', conversationId });
    return note;
  }

  /** @throws Fault `state/not-found` */
  async removeNote({ workspaceId }: Principal, noteId: NoteId): Promise<void> {
    const conversationId = await this.notes.delete(workspaceId, noteId);
    this.bell.ring('inbox', { workspaceId, changed: 'notes', conversationId });
  }

  /** @returns everybody who is there now */
  async present(caller: Principal, seen: SetPresence): Promise<PresenceList> {
    const { workspaceId } = caller;
    const { operator } = operatorOf(caller);
    if (seen.is_leaving) await this.operators.leave(workspaceId, operator, seen.tab);
    else {
      await this.operators.see(workspaceId, {
        tab: seen.tab,
        operator,
        name: await this.nameOf(caller),
        conversationId: seen.conversation_id,
        isReplying: seen.is_replying,
      });
    }
    this.bell.ring('inbox', { workspaceId, changed: 'presence' });
    return { data: await this.operators.present(workspaceId), you: operator };
  }

  /** Shows the person that somebody is writing to them, where their channel can. @throws Fault `state/not-found` */
  async typing({ workspaceId }: Principal, conversationId: ConversationId, isActive: boolean): Promise<void> {
    const known = await this.inbox.workspacesOf([workspaceId], [conversationId]);
    if (!known.has(conversationId)) throw fault('state/not-found', { facts: { conversationId } });
    const type = isActive ? 'typing.started' : 'typing.stopped';
    this.bell.ring('live', { conversationId, type, data: { by: 'operator' } });
  }

  /** Who says what the caller sends: a member speaks as an operator, a program as itself unless it says otherwise. */
  async speaker(caller: Principal, author: Speaker['author'] | undefined): Promise<Speaker> {
    const { memberId } = operatorOf(caller);
    if (memberId === null) return { author: author ?? 'api', actor: actorOf(caller) };
    const name = await this.nameOf(caller);
    return {
      author: author ?? 'operator',
      actor: actorOf(caller),
      metadata: { member_id: memberId, ...(name && { member_name: name }) },
    };
  }

  /** What the caller is called; null for a program. */
  async nameOf(caller: Principal): Promise<string | null> {
    const { memberId } = operatorOf(caller);
    return memberId && this.operators.nameOf(caller.workspaceId, memberId);
  }

  async #changed(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    reader: InboxReader,
    isChanged: boolean,
  ): Promise<InboxConversation> {
    if (isChanged) this.bell.ring('conversation', { ids: [conversationId] });
    const [item] = await this.inbox.some(workspaceId, [conversationId], reader);
    return item!;
  }
}
