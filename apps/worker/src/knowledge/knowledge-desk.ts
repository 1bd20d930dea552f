import { Injectable } from '@nestjs/common';
import { askedWords, authorOf, detectLanguage, matchIntents } from '#libs/bot';
import type { KnowledgeSearch } from '#libs/knowledge';
import { newId, type BotDefinition, type Turn, type TurnResult } from '#libs/model';
import { Logger } from '#libs/observe';
import { BotProposals, KnowledgeIndex } from '#libs/store';

/** From this score an unanswered question is proposed as a phrasing of the nearest intent. */
const NEAR_FROM = 0.15;

/** Gives turns what their bot knows, and writes down what it did not know. */
@Injectable()
export class KnowledgeDesk {
  constructor(
    private readonly search: KnowledgeSearch,
    private readonly index: KnowledgeIndex,
    private readonly proposals: BotProposals,
    private readonly logger: Logger,
  ) {}

  /** The turn with the knowledge of its bot; looked at only when it is asked for. */
  prepared(turn: Turn): Turn {
    const { knowledge, agent } = turn.bot.definition;
    if (!knowledge && !agent) return turn;
    return {
      ...turn,
      knowledge: {
        search: async (query, { limit }) => {
          const found = await this.search.search(turn.workspaceId, knowledge?.bases, query, { limit });
          return found.passages.map(({ id, title, heading, text, answer, url, score }) => ({
            passageId: id,
            title,
            heading,
            text,
            answer,
            url,
            score,
          }));
        },
      },
    };
  }

  /**
   * Counts the question of a turn in which nobody knew an answer, without private pieces, and proposes it as something to
   * learn. Done before the commit, and again when the turn is: the same message counts once. Never throws, because the
   * answer is worth more than the count.
   */
  async noteGap(turn: Turn, result: TurnResult): Promise<void> {
    if (!isUnanswered(result, turn.bot.definition)) return;
    const newest = turn.messages.findLast(({ direction }) => direction === 'in');
    if (!newest) return;
    const asked = askedWords(newest.content, turn.bot.definition.guardrails?.region);
    if (!asked) return;
    const { words, example } = asked;
    try {
      if (askedKnowledge(result)) await this.#miss(turn, { words, example, messageId: newest.messageId });
      const near = matchIntents(turn.bot.definition, example)[0];
      const intentId = near && near.score >= NEAR_FROM ? near.intent.id : null;
      await this.proposals.propose(turn.workspaceId, {
        botId: turn.bot.botId,
        kind: intentId === null ? 'answer' : 'phrasing',
        text: example,
        words,
        intentId,
        answer: null,
        source: 'unanswered',
        messageId: newest.messageId,
      });
    } catch (error) {
      this.logger.fault(error, { during: 'counting an unanswered question' });
    }
  }

  async #miss(
    { workspaceId, bot }: Turn,
    missed: { words: string; example: string; messageId: Turn['messages'][number]['messageId'] },
  ): Promise<void> {
    await this.index.miss(workspaceId, {
      ...missed,
      gapId: newId('knowledgeGap'),
      botId: bot.botId,
      language: await detectLanguage(missed.example),
    });
  }
}

/** Knowledge or intents were asked and had nothing, and then nobody had anything but the fallback. */
function isUnanswered(result: TurnResult, { understanding }: BotDefinition): boolean {
  const intents = result.trace.find(({ responder }) => responder === 'intents');
  const askedIntents = understanding !== undefined && intents?.decision === 'passed';
  if (!askedIntents && !askedKnowledge(result)) return false;
  const author = authorOf(result.trace);
  return author === undefined || author.responder === 'fallback';
}

/** Knowledge was searched, and had nothing that is near enough. */
function askedKnowledge({ trace }: TurnResult): boolean {
  const asked = trace.find(({ responder, decision }) => responder === 'knowledge' && decision === 'passed');
  return asked?.detail['score'] !== undefined;
}
