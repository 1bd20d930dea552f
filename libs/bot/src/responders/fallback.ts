import { answer, pass, silence, type Responder } from '../responder.js';
import { scopeOf } from '../scope.js';
import { fillInContents } from '../templates.js';
import type { TurnContext } from '../context.js';
import type { BotDefinition } from '#libs/model';

/** The last in the row: the bot's fallback content, and the operator queue where the bot hands over. */
export const fallback: Responder = {
  name: 'fallback',
  respond: async (turn, draft) => {
    const { definition } = turn.bot;
    const [newest] = draft.heard;
    if (!newest) return pass('Nobody has said anything that wants an answer');
    const inARow = countFailures(definition, draft);
    const handsOver =
      definition.fallback_hands_over || inARow >= (definition.fallback_hands_over_after ?? Infinity);
    if (handsOver) draft.emit({ kind: 'hand-over', to: 'queue', reason: 'No responder had an answer' });
    const detail = { hand_over: handsOver, ...(inARow > 0 && { in_a_row: inARow }) };
    const reply = fillInContents(definition.fallback ?? [], scopeOf(turn, draft.now, newest));
    if (reply.length > 0) return answer('No responder had an answer', [reply], detail);
    return handsOver
      ? silence('Handed over without a word: the bot has no fallback', detail)
      : pass('The bot has no fallback', detail);
  },
};

/** How many turns in a row had no answer, this one included; 0 where the bot does not ask for it. */
function countFailures({ fallback_hands_over_after: after }: BotDefinition, draft: TurnContext): number {
  if (after === undefined) return 0;
  const { failures, turn } = draft.state.get();
  const before = turn === draft.turns - 1 && typeof failures === 'number' ? failures : 0;
  draft.state.set(before + 1 >= after ? {} : { failures: before + 1, turn: draft.turns });
  return before + 1;
}
