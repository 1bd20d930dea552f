import { Injectable } from '@nestjs/common';
import { detectLanguage, redact, wordsOf } from '#libs/bot';
import type { KnowledgeSearch } from '#libs/knowledge';
import { newId, plainTextOf, type Turn, type TurnResult } from '#libs/model';
import { Logger } from '#libs/observe';
import { KnowledgeIndex } from '#libs/store';

const EXAMPLE_MAX = 500;
const WORDS_MAX = 300;

/** Gives turns what their bot knows, and writes down what it did not know. */
@Injectable()
export class KnowledgeDesk {
  constructor(
    private readonly search: KnowledgeSearch,
    private readonly index: KnowledgeIndex,
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
   * Counts the question of a turn in which nobody knew an answer, without private pieces. Done before the commit, and
   * again when the turn is: the same message counts once. Never throws, because the answer is worth more than the count.
   */
  async noteGap(turn: Turn, result: TurnResult): Promise<void> {
    if (!isUnanswered(result)) return;
    const newest = turn.messages.findLast(({ direction }) => direction === 'in');
    if (!newest) return;
    const said = newest.content.map(plainTextOf).filter(Boolean).join('\n');
    const { text } = redact(said, { region: turn.bot.definition.guardrails?.region });
    const words = wordsOf(text).join(' ').slice(0, WORDS_MAX);
    if (!/\p{L}{2}/u.test(words)) return;
    try {
      await this.index.miss(turn.workspaceId, {
        gapId: newId('knowledgeGap'),
        botId: turn.bot.botId,
        words,
        example: text.slice(0, EXAMPLE_MAX),
        language: await detectLanguage(text),
        messageId: newest.messageId,
      });
    } catch (error) {
      this.logger.fault(error, { during: 'counting an unanswered question' });
    }
  }
}

/** Knowledge was asked and had nothing, and then nobody had anything but the fallback. */
function isUnanswered({ trace }: TurnResult): boolean {
  const asked = trace.find(({ responder, decision }) => responder === 'knowledge' && decision === 'passed');
  if (asked?.detail['score'] === undefined) return false;
  const answered = trace.find(({ decision }) => decision === 'answered');
  return answered === undefined || answered.responder === 'fallback';
}
