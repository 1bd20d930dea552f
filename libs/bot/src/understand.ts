import type { Turn } from '#libs/model';
import { listNumberOf } from './choices/number.js';
import { questionsIn, type Question } from './choices/question.js';
import { hear, isWritten, textOf, type Heard } from './hearing.js';
import type { CoreMemory } from './memory.js';
import type { TraceLine } from './trace.js';

/** What the core makes of the new messages before anyone in the row sees them. */
export interface Understanding {
  /** Newest first. */
  readonly heard: readonly Heard[];
  /** The open questions, newest first. */
  readonly questions: readonly Question[];
  /** Whether the history was read for them. */
  readonly lookedUp: boolean;
}

/** Messages of the history that are read to find open questions. */
const historyRead = 12;

/**
 * Understands the new messages against the open questions: those in the state, and those in the history where the
 * state can be behind it, because others than the bot's turns can ask too (a greeting, an operator, the API).
 */
export async function understand(turn: Turn, memory: CoreMemory): Promise<Understanding> {
  const isStart = memory.turns === 0;
  const heard = hear(turn.messages, memory.questions, isStart);
  if (!turn.conversation.hasReplies || !heard.some((message) => mustLookUp(message, memory))) {
    return { heard, questions: memory.questions, lookedUp: false };
  }
  const asked = questionsIn(await turn.history(historyRead));
  const questions = asked.length > 0 ? asked : memory.questions;
  return { heard: hear(turn.messages, questions, isStart), questions, lookedUp: true };
}

/**
 * A number means nothing without the newest question, so that is always looked up; a label speaks for itself and is
 * only looked up when the state cannot know it.
 */
function mustLookUp({ message, choice }: Heard, memory: CoreMemory): boolean {
  if (!isWritten(message)) return false;
  if (listNumberOf(textOf(message)) !== null) return true;
  const isUnknown = memory.turns === 0 && memory.questions.length === 0;
  return choice === null && (isUnknown || memory.questions.some(({ more }) => more));
}

/** The understanding as a line of the trace. The id of an option stands there only when we offered that option. */
export function understandingLine({ heard, lookedUp }: Understanding): TraceLine {
  const choice = heard.find((message) => message.choice)?.choice;
  const taken = choice ? `an option was taken (${choice.via})` : 'no option was taken';
  return {
    decision: 'noted',
    reason: `New messages: ${heard.length}; ${taken}`,
    detail: {
      messages: heard.length,
      ...(choice && { choice_via: choice.via, question_age: choice.questionAge }),
      ...(choice && choice.questionAge !== null && { option: choice.optionId }),
      ...(lookedUp && { history_read: true }),
    },
  };
}
