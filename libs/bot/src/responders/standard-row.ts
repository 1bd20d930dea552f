import type { Turn } from '#libs/model';
import type { TurnContext } from '../context.js';
import type { Heard } from '../hearing.js';
import type { Responder } from '../responder.js';
import { FlowRunner } from '../flows/runner.js';
import { noTools, type FlowTools } from '../flows/tools.js';
import { control } from './control.js';
import { makeCsat } from './csat.js';
import { fallback } from './fallback.js';
import { makeFlows, rulesWouldAnswer } from './flows.js';
import { guard } from './guard.js';
import { intentWouldAnswer, makeIntents } from './intents.js';
import { redaction } from './redaction.js';
import { makeRules } from './rules.js';

/** What a row can be given beside the responders that are always in it. */
export interface RowParts {
  /** Runs calls of flows within the turn; without it they are left to jobs. */
  readonly tools?: FlowTools | undefined;
  /**
   * Who stands between the intents and the fallback: knowledge, the agent with a model. They see messages and history
   * without private pieces, because a redaction stands before the first of them.
   */
  readonly behindIntents?: readonly Responder[] | undefined;
}

/**
 * The row of a bot: control → guard → csat → flows → rules → intents → (redaction → whatever is given) → fallback.
 *
 * The guard stands before the flows, so that asking for a person ends any of them; it reviews what all others say.
 */
export function standardRowOf({ tools = noTools, behindIntents = [] }: RowParts = {}): readonly Responder[] {
  const runner = new FlowRunner(tools);
  const wouldAnswer = (turn: Turn, draft: TurnContext, message: Heard): boolean =>
    rulesWouldAnswer(turn, draft, message) || intentWouldAnswer(turn.bot.definition, message.text);
  const flows = makeFlows(runner, wouldAnswer);
  const withModel = behindIntents.length > 0 ? [redaction, ...behindIntents] : [];
  return [
    control,
    guard,
    makeCsat(wouldAnswer),
    flows,
    makeRules(runner),
    makeIntents(runner),
    ...withModel,
    fallback,
  ];
}
