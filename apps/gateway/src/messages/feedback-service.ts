import { Injectable } from '@nestjs/common';
import type { Principal } from '#libs/access';
import { askedWords, detectLanguage, matchIntents } from '#libs/bot';
import {
  type BotId,
  type GiveFeedback,
  type GiveVisitorFeedback,
  type MessageFeedback,
  type MessageId,
  newId,
  type WorkspaceId,
} from '#libs/model';
import { Logger } from '#libs/observe';
import { Bell } from '#libs/queue';
import {
  BotProposals,
  Bots,
  Conversations,
  KnowledgeIndex,
  MessageFeedbacks,
  type NewFeedback,
  type StoredSession,
} from '#libs/store';
import { actorOf } from '../http/actor.js';

/** Who in a bot answers questions; what flows hear is an answer itself. */
const answersQuestions = new Set(['rules', 'intents', 'phrases', 'knowledge', 'agent', 'fallback']);
/** From this score a question is proposed as a phrasing of the nearest intent. */
const NEAR_FROM = 0.15;

/** Takes what people and operators think of the answers of bots, and lets bots learn from it. */
@Injectable()
export class FeedbackService {
  constructor(
    private readonly feedbacks: MessageFeedbacks,
    private readonly conversations: Conversations,
    private readonly bots: Bots,
    private readonly proposals: BotProposals,
    private readonly knowledge: KnowledgeIndex,
    private readonly bell: Bell,
    private readonly logger: Logger,
  ) {}

  /** @throws Fault `state/not-found`; `state/conflict` for a message that no bot wrote */
  async give(caller: Principal, messageId: MessageId, body: GiveFeedback): Promise<MessageFeedback> {
    const by = body.by ?? (caller.memberId ? 'operator' : 'contact');
    const author = by === 'contact' ? by : actorOf(caller);
    return this.#give(caller.workspaceId, messageId, given(author, body));
  }

  /** As `give`, from the person of a session, about their own conversation. */
  async giveAsVisitor(
    { workspaceId, conversationId }: StoredSession,
    messageId: MessageId,
    body: GiveVisitorFeedback,
  ): Promise<MessageFeedback> {
    // Which bot it was, and what in it, is not theirs to know.
    const feedback = await this.#give(workspaceId, messageId, given('contact', body), conversationId);
    return { ...feedback, bot_id: null, answered_by: null };
  }

  /** @throws as `give` */
  list(workspaceId: WorkspaceId, messageId: MessageId): Promise<MessageFeedback[]> {
    return this.feedbacks.list(workspaceId, messageId);
  }

  async #give(
    workspaceId: WorkspaceId,
    messageId: MessageId,
    opinion: NewFeedback,
    within?: StoredSession['conversationId'],
  ): Promise<MessageFeedback> {
    const found = await this.feedbacks.give(workspaceId, messageId, opinion, within);
    const { feedback, conversationId, isChanged, askedId } = found;
    if (!isChanged) return feedback;
    this.bell.ring('conversation', { ids: [conversationId] });
    const isLesson = feedback.rating === 'down' && answersQuestions.has(feedback.answered_by ?? '');
    if (isLesson && askedId !== null && feedback.bot_id !== null) {
      // The opinion is worth more than the lesson.
      await this.#learn(workspaceId, feedback.bot_id, askedId).catch((error: unknown) =>
        this.logger.fault(error, { during: 'learning from feedback' }),
      );
    }
    return feedback;
  }

  /** The question goes to those that wait for a better answer; the same message counts once. */
  async #learn(workspaceId: WorkspaceId, botId: BotId, askedId: MessageId): Promise<void> {
    const bot = await this.bots.definitionOf(workspaceId, botId);
    const message = bot && (await this.conversations.messageById(workspaceId, askedId));
    const asked = message && askedWords(message.parts, bot.definition.guardrails?.region);
    if (!asked) return;
    const { definition } = bot;
    if (definition.knowledge) {
      const language = await detectLanguage(asked.example);
      const gap = { ...asked, language, gapId: newId('knowledgeGap'), botId, messageId: askedId };
      await this.knowledge.miss(workspaceId, gap);
    }
    const near = matchIntents(definition, asked.example)[0];
    const intentId = near && near.score >= NEAR_FROM ? near.intent.id : null;
    await this.proposals.propose(workspaceId, {
      botId,
      kind: intentId === null ? 'answer' : 'phrasing',
      text: asked.example,
      words: asked.words,
      intentId,
      answer: null,
      source: 'feedback',
      messageId: askedId,
    });
  }
}

function given(author: NewFeedback['author'], body: GiveVisitorFeedback): NewFeedback {
  return { author, rating: body.rating, reason: body.reason ?? null, comment: body.comment ?? null };
}
