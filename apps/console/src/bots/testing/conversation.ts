import type { TestConversation } from '#libs/model';
import type { Turn } from '../emulator/use-rehearsal.js';

/** One thing that happens in a test conversation. */
export type TestStep = TestConversation['steps'][number];

/** A title that no other conversation has. */
export function freeTitle(wanted: string, others: readonly TestConversation[]): string {
  const base = wanted.slice(0, 190);
  let title = base;
  for (let n = 2; others.some((one) => one.title === title); n++) title = `${base} ${n}`;
  return title;
}

/** A conversation with one step and no expectation. */
export function newConversation(title: string, says: string): TestConversation {
  return { title, starts_at: '2027-01-04T10:00:00Z', tools: {}, steps: [{ says, expect: {} }] };
}

/** What was rehearsed, as a test that expects the same answers again. */
export function conversationOf(turns: readonly Turn[], title: string): TestConversation {
  const steps = turns.map(({ move, answer }): TestStep => {
    const said = answer.replies.flatMap((parts) =>
      parts.flatMap((part) => ('text' in part && typeof part.text === 'string' ? [part.text] : [])),
    );
    const says = move.takes?.label ?? move.says;
    return {
      ...(says !== undefined && { says }),
      ...(move.waits_s !== undefined && { wait_s: move.waits_s }),
      ...(move.owner !== undefined && { owner: move.owner }),
      ...(move.event !== undefined && { event: move.event }),
      expect: said.length > 0 ? { replies: said.map(firstLine) } : { silent: true },
    };
  });
  return { ...newConversation(title, ''), steps };
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? text;
}
