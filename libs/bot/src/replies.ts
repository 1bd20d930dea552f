import { fault } from '#libs/faults';
import { Contents, contentLimits, type BotDefinition, type Content } from '#libs/model';
import type { Replies } from './responder.js';

/** Messages that one turn can send. */
export const repliesMax = 10;

/**
 * The replies as they may leave the core: plain copies with their defaults filled in.
 *
 * @throws Fault `internal/bug` when there are too many or one breaks the schema; says which rule, never the value
 */
export function checkedReplies(replies: Replies): Content[][] {
  if (replies.length > repliesMax) {
    throw fault('internal/bug', { facts: { replies: replies.length, max: repliesMax } });
  }
  return replies.map((reply, index) => {
    const checked = Contents.safeParse(reply);
    if (checked.success) return checked.data;
    const issue = checked.error.issues[0];
    throw fault('internal/bug', {
      facts: { reply: index, path: issue?.path.join('.'), rule: issue?.code },
    });
  });
}

/**
 * Puts the sentence that says the bot is automated first, in the first message; where that message has no room for
 * another piece, in a message of its own before it.
 */
export function disclosed(replies: Content[][], definition: BotDefinition): Content[][] {
  const text = definition.persona.disclosure?.trim();
  const [first, ...rest] = replies;
  if (!text || !first) return replies;
  const disclosure: Content = { type: 'text', text };
  return first.length < contentLimits.piecesMax
    ? [[disclosure, ...first], ...rest]
    : [[disclosure], ...replies];
}
