import { Injectable } from '@nestjs/common';
import { InboundDoor } from '#libs/inbound';
import { uuidOf, type ApprovalId, type TurnSignal, type WorkspaceId } from '#libs/model';
import { Bell } from '#libs/queue';
import { type Actor, Approvals, Conversations, Mailboxes, type StoredApproval } from '#libs/store';

/** Takes decisions of operators, and tells the conversation of them. */
@Injectable()
export class ApprovalService {
  constructor(
    private readonly approvals: Approvals,
    private readonly mailboxes: Mailboxes,
    private readonly bell: Bell,
    private readonly conversations: Conversations,
    private readonly door: InboundDoor,
  ) {}

  /**
   * Decides once and for all; the decision counts also when its line in the log is lost.
   *
   * @throws Fault `state/not-found`, `state/conflict`, `state/gone`
   */
  async decide(
    workspaceId: WorkspaceId,
    approvalId: ApprovalId,
    decision: { isApproved: boolean; actor: Actor },
  ): Promise<StoredApproval> {
    const decided = await this.approvals.decide(workspaceId, approvalId, decision);
    const { conversationId, tool, status } = decided;
    await this.mailboxes.commit('', {
      workspaceId,
      conversation: { conversationId, isAnswered: false, hasReplies: false },
      messages: [],
      edits: [],
      reactions: [],
      done: [],
      deliveries: [],
      log: [{ type: 'approval.decided', data: { approval: uuidOf(approvalId), tool, status } }],
    });
    this.bell.ring('conversation', { ids: [conversationId] });
    const { channelId, thread } = await this.conversations.controlOf(workspaceId, conversationId);
    const signal: TurnSignal = {
      kind: 'result',
      callId: decided.callId,
      ok: true,
      value: { approved: decision.isApproved },
    };
    await this.door.signal({ workspaceId, channelId }, thread, approvalId, signal);
    return decided;
  }
}
