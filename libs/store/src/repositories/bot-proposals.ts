import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type BotId,
  type BotProposal,
  type BotProposalId,
  idOf,
  type MessageId,
  newId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import type { BotProposal as ProposalRow } from '#prisma/client';
import { Database, type WorkspaceTransaction } from '../database.js';
import { type Actor, appendAudit } from './audit-log.js';
import { afterId, type PageOf, pageOf, type PageRequest } from './cursor.js';

/** Something a bot could learn. */
export interface NewProposal {
  botId: BotId;
  kind: BotProposal['kind'];
  /** As it was said, without private pieces. */
  text: string;
  /** Folded, without punctuation: the same thing is proposed once. */
  words: string;
  intentId: string | null;
  answer: string | null;
  source: BotProposal['source'];
  /** The message in which it was said: one that is counted already counts no more. */
  messageId: MessageId | null;
}

/** How a proposal was decided. */
export interface ProposalDecision {
  state: 'approved' | 'dismissed';
  actor: Actor;
  /** As it was learned, where that is not as it was proposed. */
  learned?: Pick<BotProposal, 'kind' | 'text' | 'intent_id' | 'answer'> | undefined;
}

/** What bots could learn, until a person agrees. */
@Injectable()
export class BotProposals {
  constructor(private readonly database: Database) {}

  /**
   * Proposes something. What waits already is counted; an operator's word replaces it and takes up what was dismissed,
   * which a question that nobody answered does not.
   *
   * @returns null where there is no such bot
   * @throws Fault `store/unavailable`
   */
  async propose(workspaceId: WorkspaceId, input: NewProposal): Promise<BotProposal | null> {
    const row = await this.database.withWorkspace(workspaceId, async (tx) => {
      const message = input.messageId === null ? null : uuidOf(input.messageId);
      const [made] = await tx.$queryRaw<{ id: string }[]>`
        insert into bot_proposal as p
          (workspace_id, id, bot_id, kind, text, words, intent_id, answer, source, last_message)
        select b.workspace_id, ${uuidOf(newId('botProposal'))}::uuid, b.id, ${input.kind}, ${input.text}, ${input.words},
               ${input.intentId}, ${input.answer}, ${input.source}, ${message}::uuid
          from bot b where b.workspace_id = ${uuidOf(workspaceId)}::uuid and b.id = ${uuidOf(input.botId)}::uuid
        on conflict (workspace_id, bot_id, words) where state <> 'approved' do update set
          times = p.times + case when excluded.last_message is null or p.last_message = excluded.last_message then 0 else 1 end,
          last_message = coalesce(excluded.last_message, p.last_message),
          kind = case when excluded.source = 'operator' then excluded.kind else p.kind end,
          text = case when excluded.source = 'operator' then excluded.text else p.text end,
          intent_id = case when excluded.source = 'operator' then excluded.intent_id else p.intent_id end,
          answer = case when excluded.source = 'operator' then excluded.answer else p.answer end,
          state = case when excluded.source = 'operator' then 'waiting' else p.state end,
          decided_by = case when excluded.source = 'operator' then null else p.decided_by end,
          decided_at = case when excluded.source = 'operator' then null else p.decided_at end,
          source = case when excluded.source = 'operator' then excluded.source else p.source end
        returning p.id`;
      return made
        ? tx.botProposal.findUnique({ where: keyOf(workspaceId, idOf('botProposal', made.id)) })
        : null;
    });
    return row && proposalOf(row);
  }

  /** Proposals by creation. @throws Fault `input/invalid-cursor` */
  async list(
    workspaceId: WorkspaceId,
    page: PageRequest,
    filter: { state: BotProposal['state']; botId?: BotId | undefined },
  ): Promise<PageOf<BotProposal>> {
    const list = `bot-proposals.${filter.state}.${filter.botId ?? ''}`;
    const after = afterId(list, page);
    const rows = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.botProposal.findMany({
        where: {
          workspaceId: uuidOf(workspaceId),
          state: filter.state,
          ...(filter.botId && { botId: uuidOf(filter.botId) }),
          ...after,
        },
        orderBy: { id: page.order },
        take: page.limit + 1,
      }),
    );
    return pageOf(list, page, rows, ({ id }) => id, proposalOf);
  }

  /** @throws Fault `state/not-found` */
  async get(workspaceId: WorkspaceId, proposalId: BotProposalId): Promise<BotProposal> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.botProposal.findUnique({ where: keyOf(workspaceId, proposalId) }),
    );
    if (!row) throw fault('state/not-found', { facts: { proposalId } });
    return proposalOf(row);
  }

  /** Puts a proposal aside. @throws Fault `state/not-found`, `state/conflict` */
  async dismiss(workspaceId: WorkspaceId, proposalId: BotProposalId, actor: Actor): Promise<BotProposal> {
    await this.get(workspaceId, proposalId);
    await this.database.withWorkspace(workspaceId, (tx) =>
      this.decideIn(tx, workspaceId, proposalId, { state: 'dismissed', actor }),
    );
    return this.get(workspaceId, proposalId);
  }

  /**
   * Decides once and for all, in the transaction in which the draft learns it; the unanswered question that it came
   * from is closed.
   *
   * @throws Fault `state/conflict` when it is decided already
   */
  async decideIn(
    tx: WorkspaceTransaction,
    workspaceId: WorkspaceId,
    proposalId: BotProposalId,
    { state, actor, learned }: ProposalDecision,
  ): Promise<void> {
    const { workspaceId: workspace, id } = keyOf(workspaceId, proposalId).workspaceId_id;
    const { count } = await tx.botProposal.updateMany({
      where: { workspaceId: workspace, id, state: 'waiting' },
      data: {
        state,
        decidedBy: actor,
        decidedAt: new Date(),
        ...(learned && {
          kind: learned.kind,
          text: learned.text,
          intentId: learned.intent_id,
          answer: learned.answer,
        }),
      },
    });
    if (count === 0) throw fault('state/conflict', { detail: 'The proposal is decided already.' });
    if (state === 'approved') {
      await tx.$executeRaw`
        update knowledge_gap g set state = 'closed' from bot_proposal p
         where p.workspace_id = ${workspace}::uuid and p.id = ${id}::uuid
           and g.workspace_id = p.workspace_id and g.bot_id = p.bot_id and g.words = p.words`;
    }
    const action = state === 'approved' ? 'bot.learn' : 'bot.dismiss-proposal';
    await appendAudit(tx, workspaceId, { actor, action, target: proposalId });
  }
}

function keyOf(
  workspaceId: WorkspaceId,
  proposalId: BotProposalId,
): { workspaceId_id: { workspaceId: string; id: string } } {
  return { workspaceId_id: { workspaceId: uuidOf(workspaceId), id: uuidOf(proposalId) } };
}

function proposalOf(row: ProposalRow): BotProposal {
  return {
    id: idOf('botProposal', row.id),
    bot_id: idOf('bot', row.botId),
    kind: row.kind as BotProposal['kind'],
    text: row.text,
    intent_id: row.intentId,
    answer: row.answer,
    source: row.source as BotProposal['source'],
    times: row.times,
    state: row.state as BotProposal['state'],
    decided_by: row.decidedBy,
    decided_at: row.decidedAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  };
}
