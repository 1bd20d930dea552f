export { askedWords, type AskedWords } from './asked-words.js';
export type { Budget, Spending } from './budget.js';
export { checkBot, type BotCheck } from './check/check-bot.js';
export { authorOf } from './author.js';
export { playConversation, type PlayedConversation, type PlayedStep, type PlayMeans } from './check/play.js';
export {
  newRehearsal,
  rehearse,
  scriptedTools,
  type RehearsalMeans,
  type RehearsedEvents,
} from './check/rehearsal.js';
export type { BotProblem } from './check/problem.js';
export { answerChanges, failuresOf, runTestSet } from './check/test-set.js';
export { testRules, type RuleTest } from './check/test-rules.js';
export type { ChoiceVia } from './choices/match.js';
export { forgiven, slips } from './choices/typo.js';
export { exampleBot, exampleConversations } from './example-bot.js';
export { collectedFields } from './collected-fields.js';
export { machineClock, type Clock } from './clock.js';
export type { Live, StateSpace, TurnContext } from './context.js';
export { BotCore, standardRow, type BotCoreOptions } from './core.js';
export { TurnFailure } from './failure.js';
export { readField } from './flows/answers/read-field.js';
export { isOpen, opensAt } from './hours.js';
export { flowPlaceOf, type FlowPlace } from './flows/flow-place.js';
export type { CallEffect, CallOutcome, FlowTools } from './flows/tools.js';
export { fold, wordsOf } from './fold.js';
export type { Heard, TakenChoice } from './hearing.js';
export { stateAfterSending } from './memory.js';
export { findPii, redact, type PiiFound, type PiiKind } from './pii.js';
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
export { fillIn, templateProblem, type TemplateScope } from './templates.js';
export type { TraceDetail } from './trace.js';
export { traceText, type TracedTurn } from './trace-text.js';
export { mannerRules } from './manner/judge-manner.js';
export { answerProblem, type AnswerProblem } from './responders/answer-problem.js';
export { knowledge, knowledgeVerdict, type KnowledgeVerdict } from './responders/knowledge.js';
export { standardRowOf, type RowParts } from './responders/standard-row.js';
export { entitiesIn, type Entities } from './understanding/entities.js';
export { detectLanguage } from './understanding/language.js';
export { learnAnswer, withPhrasing, type Learned } from './understanding/learn.js';
export { matchIntents, type IntentMatch } from './understanding/match-intents.js';
export { sentimentOf, type Sentiment } from './understanding/sentiment.js';
export { stopWords } from './understanding/stop-words.js';
export { diffBots } from './versions/diff.js';
export { heldVersion } from './versions/held-version.js';
export { botFormat, writeBotFiles, type BotBundle } from './versions/bot-files.js';
export { readBotFiles, type BotReading, type FileProblem } from './versions/read-bot-files.js';
export { unzip, zipOf } from './versions/zip.js';
