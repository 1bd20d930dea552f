import type { BotDefinition, Turn } from '#libs/model';
import type { TurnContext } from '../context.js';
import { hasManner, judgeManner, type MannerFinding } from '../manner/judge-manner.js';
import type { TraceDetail } from '../trace.js';
import { outputProblem, type OutputProblem } from './output-problem.js';

/** Why an answer of a model may not be sent. */
export interface AnswerProblem {
  /** For the trace: what was found, and where. Holds nothing of the answer. */
  readonly reason: string;
  readonly detail: TraceDetail;
  /** For the model: what to write otherwise. */
  readonly advice: string;
}

/**
 * Looks over what a model has written by the guardrails of its bot, so that it can be told and write again. What its
 * author wrote (rules, flows) is judged by `output` alone, and not here.
 */
export async function answerProblem(
  turn: Turn,
  draft: TurnContext,
  text: string,
): Promise<AnswerProblem | null> {
  const { guardrails, languages = [] } = turn.bot.definition;
  if (guardrails?.output) {
    const problem = await outputProblem(guardrails.output, [[{ type: 'text', text }]], draft);
    if (problem)
      return { reason: problem, detail: { problem }, advice: adviceOf(problem, turn.bot.definition) };
  }
  if (!hasManner(guardrails?.manner)) return null;
  const said = draft.heard.map((heard) => heard.text);
  const finding = await judgeManner(guardrails.manner, text, { said, languages });
  return finding && mannerProblem(finding);
}

function mannerProblem({ rule, what, line, character }: MannerFinding): AnswerProblem {
  return {
    reason: `${what} in line ${line} at character ${character}`,
    detail: { problem: 'manner', rule, found: what, line, character },
    advice: `it has ${what}`,
  };
}

function adviceOf(problem: OutputProblem, { guardrails }: BotDefinition): string {
  switch (problem) {
    case 'too long':
      return `it is longer than ${guardrails!.output!.characters_max} characters`;
    case 'a forbidden phrase':
      return 'it has a phrase that you must never use';
    case 'a link elsewhere':
      return 'it has a link that you may not use';
    case 'another language':
      return 'it is not in the language of the customer';
  }
}
