import type { Content, Turn } from '#libs/model';
import { menuOf } from '../actions.js';
import type { TurnContext } from '../context.js';
import { flowsName } from '../flows/runner.js';
import { readSession, type RunState } from '../flows/run-state.js';
import { isOpen } from '../hours.js';
import { answer, pass, silence, type Responder } from '../responder.js';
import { scopeOf } from '../scope.js';
import { fillInContents } from '../templates.js';

/**
 * Silence while somebody else owns the conversation, and no hand-over to nobody.
 *
 * Where nobody is there the hand-over does not happen: what the bot says then stands in place of what went with it, a flow that
 * wanted it ends, and the conversation stays with the bot.
 */
export const control: Responder = {
  name: 'control',
  // What was shown of a reply that is replaced is taken back.
  allowsPreview: true,
  respond: async (turn, draft) => {
    const { owner } = turn.conversation;
    if (owner !== 'bot') return silence(`The conversation belongs to: ${owner}`, { owner });
    const isBack = turn.signals?.some((signal) => signal.kind === 'owner' && signal.unanswered === true);
    if (isBack && turn.bot.definition.handoff?.no_one)
      return answer('Nobody took the conversation', [nobody(turn, draft)], { owner });
    return pass('The bot owns the conversation', { owner });
  },
  review: async (turn, draft) => {
    const { handoff, hours } = turn.bot.definition;
    const wants = draft.effects.some(({ kind }) => kind === 'hand-over');
    if (!wants || !handoff?.no_one || handoff.hours === 'always' || !hours) return null;
    if (isOpen(hours, draft.now)) return { decision: 'kept', reason: 'Somebody is there' };
    return {
      decision: 'replaced',
      reason: 'Nobody is there outside the business hours',
      replies: [nobody(turn, draft)],
      without: ['hand-over'],
    };
  },
};

/** What is said when nobody is there; flows that waited for somebody end. */
function nobody(turn: Turn, draft: TurnContext): Content[] {
  const space = draft.stateOf(flowsName);
  const { active, suspended, ...session } = readSession(space.get());
  const waits = (run: RunState | null): boolean => run?.awaiting.kind === 'owner';
  if (waits(active) || suspended.some(waits)) {
    const left = suspended.filter((run) => !waits(run));
    space.set({ ...session, active: waits(active) ? null : active, suspended: left });
  }
  const { reply, open_menu: menu } = turn.bot.definition.handoff!.no_one!;
  const contents = [...reply, ...menuOf(turn.bot.definition, menu)];
  return fillInContents(contents, scopeOf(turn, draft.now, draft.heard[0] ?? null));
}
