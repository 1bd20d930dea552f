import { plainTextOf, type Content, type TurnMessage } from '#libs/model';
import { matchOption, type ChoiceVia, type Match } from './choices/match.js';
import type { Question } from './choices/question.js';

/** An option that a person took, by pressing it or by writing something that means it. */
export interface TakenChoice {
  readonly optionId: string;
  readonly label: string;
  readonly via: ChoiceVia;
  /** 0 for the newest open question, 1 for the one before it, …; null when the option is of an older one. */
  readonly questionAge: number | null;
}

/** A new message as the bot core understands it. */
export interface Heard {
  readonly message: TurnMessage;
  /** What it says in plain words; may be empty. */
  readonly text: string;
  readonly choice: TakenChoice | null;
  /** Whether it is the first message that the person sent in this conversation. */
  readonly first: boolean;
}

/**
 * Understands new messages, newest first.
 *
 * @param messages   oldest first; those that we sent are left out
 * @param questions  the open questions, newest first
 * @param isStart    whether the person has never been heard in this conversation before
 */
export function hear(
  messages: readonly TurnMessage[],
  questions: readonly Question[],
  isStart: boolean,
): readonly Heard[] {
  const incoming = messages.filter((message) => message.direction === 'in');
  return incoming
    .map((message, index) => ({
      message,
      text: textOf(message),
      choice: pressed(message.content, questions) ?? written(message, questions),
      first: isStart && index === 0,
    }))
    .toReversed();
}

/** Whether a message was written, by hand, and so could mean an option without pressing it. */
export function isWritten(message: TurnMessage): boolean {
  return message.direction === 'in' && !message.content.some((content) => content.type === 'choice_taken');
}

/** What a message says in plain words, a line for each piece that says something. */
export function textOf(message: TurnMessage): string {
  return message.content.map(plainTextOf).filter(Boolean).join('\n');
}

function pressed(contents: readonly Content[], questions: readonly Question[]): TakenChoice | null {
  const taken = contents.find((content) => content.type === 'choice_taken');
  if (!taken) return null;
  const age = questions.findIndex(({ options }) => options.some(({ id }) => id === taken.option_id));
  return {
    optionId: taken.option_id,
    label: taken.label,
    via: 'pressed',
    questionAge: age < 0 ? null : age,
  };
}

function written(message: TurnMessage, questions: readonly Question[]): Match | null {
  const texts = message.content.filter((content) => content.type === 'text');
  return texts.length === 1 ? matchOption(texts[0]!.text, questions) : null;
}
