export type { Budget, Spending } from './budget.js';
export type { ChoiceVia } from './choices/match.js';
export { machineClock, type Clock } from './clock.js';
export type { Live, StateSpace, TurnContext } from './context.js';
export { BotCore, standardRow, type BotCoreOptions } from './core.js';
export { TurnFailure } from './failure.js';
export type { Heard, TakenChoice } from './hearing.js';
export { stateAfterSending } from './memory.js';
export {
  answer,
  pass,
  silence,
  type Answer,
  type Decision,
  type Pass,
  type Replies,
  type Responder,
  type Review,
  type Silence,
  type Why,
} from './responder.js';
export type { TraceDetail } from './trace.js';
