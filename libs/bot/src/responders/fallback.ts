import { answer, pass, silence, type Responder } from '../responder.js';

/** The last in the row: the bot's fallback content, and the operator queue where the bot hands over. */
export const fallback: Responder = {
  name: 'fallback',
  respond: async ({ bot: { definition } }, draft) => {
    if (draft.heard.length === 0) return pass('Nobody has said anything that wants an answer');
    const handsOver = definition.fallback_hands_over;
    if (handsOver) draft.emit({ kind: 'hand-over', to: 'queue', reason: 'No responder had an answer' });
    const detail = { hand_over: handsOver };
    if (definition.fallback) return answer('No responder had an answer', [definition.fallback], detail);
    return handsOver
      ? silence('Handed over without a word: the bot has no fallback', detail)
      : pass('The bot has no fallback', detail);
  },
};
