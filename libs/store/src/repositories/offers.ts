import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { idOf, newId, uuidOf, type ConversationId, type Offer, type WorkspaceId } from '#libs/model';
import { Database } from '../database.js';
import type { Actor } from './audit-log.js';

/** How many offers of a conversation are shown: the newest. */
const SHOWN = 100;

/** Offers of conversations in the queue to operators, one after the other; each step is one statement, with its event. */
@Injectable()
export class Offers {
  constructor(private readonly database: Database) {}

  /**
   * Asks operators one after the other, in place of those who were asked before.
   *
   * @param timeoutMs  after which the next one is asked
   * @throws Fault `state/not-found`; `state/conflict` when the conversation is not in the queue
   */
  async begin(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    { operators, timeoutMs }: { operators: readonly string[]; timeoutMs: number },
  ): Promise<void> {
    const ids = operators.map(() => uuidOf(newId('offer')));
    const [row] = await this.database.run<{ why: string | null }>(
      'offer_begin',
      'select offer_begin($1, $2, $3, $4, $5) as why',
      [uuidOf(workspaceId), uuidOf(conversationId), ids, [...operators], timeoutMs],
    );
    if (row?.why === 'none') throw fault('state/not-found', { facts: { conversationId } });
    if (row?.why) {
      throw fault('state/conflict', {
        detail: `Only a conversation in the queue is offered; this one belongs to: ${row.why}.`,
      });
    }
  }

  /**
   * Takes an operator's answer: who accepts has the conversation from this moment, who declines passes it to the next one.
   *
   * @throws Fault `state/not-found`; `state/conflict` when it is not offered to them (any more)
   */
  async answer(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    {
      operator,
      accepts,
      reason,
      by,
    }: { operator: string; accepts: boolean; reason: string | null; by: Actor },
  ): Promise<void> {
    const [row] = await this.database.run<{ why: string | null }>(
      'offer_answer',
      'select offer_answer($1, $2, $3, $4, $5, $6) as why',
      [uuidOf(workspaceId), uuidOf(conversationId), operator, accepts, reason, by],
    );
    if (row?.why === 'none') throw fault('state/not-found', { facts: { conversationId } });
    if (row?.why) {
      throw fault('state/conflict', { detail: 'The conversation is not offered to this operator now.' });
    }
  }

  /** Who was asked, oldest first. */
  async list(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<Offer[]> {
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.offer.findMany({
        where: { workspaceId: uuidOf(workspaceId), conversationId: uuidOf(conversationId) },
        orderBy: { place: 'desc' },
        take: SHOWN,
      }),
    );
    return rows.toReversed().map((row) => ({
      id: idOf('offer', row.id),
      operator: row.operator,
      status: row.status as Offer['status'],
      offered_at: row.offeredAt?.toISOString() ?? null,
      ends_at: row.endsAt?.toISOString() ?? null,
      decided_at: row.decidedAt?.toISOString() ?? null,
      reason: row.reason,
    }));
  }

  /** The time of an offer is over. @returns whether the next one was asked */
  async lapse(workspaceId: WorkspaceId, conversationId: ConversationId): Promise<boolean> {
    const [row] = await this.database.run<{ ok: boolean }>(
      'offer_lapse',
      'select offer_lapse($1, $2) as ok',
      [uuidOf(workspaceId), uuidOf(conversationId)],
    );
    return row?.ok ?? false;
  }

  /**
   * The time in the queue is over: the bot has the conversation again, unless somebody took it.
   *
   * @param controlVersion  of the hand-over that this is about
   * @returns whether the bot must be told; the same when asked again
   */
  async giveBack(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    controlVersion: number,
  ): Promise<boolean> {
    const [row] = await this.database.run<{ ok: boolean }>(
      'queue_lapse',
      'select queue_lapse($1, $2, $3) as ok',
      [uuidOf(workspaceId), uuidOf(conversationId), controlVersion],
    );
    return row?.ok ?? false;
  }
}
