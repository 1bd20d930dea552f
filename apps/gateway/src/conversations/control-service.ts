import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { InboundDoor } from '#libs/inbound';
import type { Conversation, ConversationId, PassControl, WorkspaceId } from '#libs/model';
import { Bell } from '#libs/queue';
import { Conversations, Mailboxes, type Actor } from '#libs/store';

/** Who may answer in a conversation: exactly one of bot, queue, operator and desk, and every change of it in the log. */
@Injectable()
export class ControlService {
  constructor(
    private readonly conversations: Conversations,
    private readonly mailboxes: Mailboxes,
    private readonly door: InboundDoor,
    private readonly bell: Bell,
  ) {}

  /**
   * Passes a conversation on. A turn of the bot that is under way commits no reply after it; a bot that gets the conversation
   * back is told, and goes on where it stood.
   *
   * @throws Fault `state/not-found`; `state/conflict` when it belongs to another one than expected, or changed hands meanwhile
   */
  async pass(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    { to, reason, close, expected_owner: expected }: PassControl,
    by: Actor,
  ): Promise<Conversation> {
    const control = await this.conversations.controlOf(workspaceId, conversationId);
    const { owner: from, controlVersion } = control;
    if (expected !== undefined && expected !== from) throw conflict(from);
    if (to !== from) {
      const { outcome } = await this.mailboxes.commit('', {
        workspaceId,
        conversation: { conversationId, controlVersion, isAnswered: false, hasReplies: false, owner: to },
        messages: [],
        edits: [],
        reactions: [],
        done: [],
        deliveries: [],
        log: [
          {
            type: 'control.changed',
            data: { from, to, by, ...(reason !== undefined && { reason }), ...(close && { close }) },
          },
        ],
      });
      if (outcome !== 'ok')
        throw conflict((await this.conversations.controlOf(workspaceId, conversationId)).owner);
      this.bell.ring('conversation', { ids: [conversationId] });
      if (to === 'bot') {
        const key = `owner:${conversationId}:${controlVersion + 1}`;
        await this.door.signal({ workspaceId, channelId: control.channelId }, control.thread, key, {
          kind: 'owner',
          ...(close && { closed: true }),
        });
      }
    }
    return this.conversations.get(workspaceId, conversationId);
  }
}

const conflict = (owner: string): Error =>
  fault('state/conflict', { detail: `The conversation belongs to another one now: ${owner}.` });
