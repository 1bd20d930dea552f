import { numberedOptions, type Content, type TurnMessage } from '#libs/model';
import { z } from 'zod';

/** What was asked in one message: its options in reading order, so that the first one is number 1. */
export interface Question {
  readonly options: readonly { readonly id: string; readonly label: string }[];
  /** Whether the message had more options than stand here; the rest is read from the history. */
  readonly more: boolean;
}

/** A question as it stands in the state of a conversation. */
export const StoredQuestion = z.object({
  options: z.array(z.object({ id: z.string(), label: z.string() })),
  more: z.boolean(),
});

/** How many questions stay open: the newest ones. */
const questionsKept = 3;

/** How many options of one question are kept in the state. */
const optionsKept = 100;

/** The open questions after messages were sent: the newest first, at most 3 with at most 100 options each. */
export function remember(
  open: readonly Question[],
  sent: readonly (readonly Content[])[],
): readonly Question[] {
  const asked = sent.flatMap((contents) => questionOf(contents) ?? []);
  return [...asked.toReversed(), ...open].slice(0, questionsKept).map(clip);
}

/** The open questions that a history shows, whole, newest first. */
export function questionsIn(history: readonly TurnMessage[]): readonly Question[] {
  const sent = history.filter((message) => message.direction === 'out');
  return sent
    .toReversed()
    .flatMap((message) => questionOf(message.content) ?? [])
    .slice(0, questionsKept);
}

/** The question that a message asks with its options; null when it has none. */
function questionOf(contents: readonly Content[]): Question | null {
  const options = numberedOptions(contents).map(({ option: { id, label } }) => ({ id, label }));
  return options.length === 0 ? null : { options, more: false };
}

function clip({ options, more }: Question): Question {
  return { options: options.slice(0, optionsKept), more: more || options.length > optionsKept };
}
