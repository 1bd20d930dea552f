import type { TestConversation, TurnResult } from '#libs/model';
import { authorOf } from '../author.js';

type Expectations = TestConversation['steps'][number]['expect'];

/** What of a turn is not as expected, for a person to read. */
export function problemsOf(expected: Expectations, result: TurnResult, replies: readonly string[]): string[] {
  const said = replies.join('\n');
  return [
    ...missing(expected.replies ?? [], said),
    ...(expected.without ?? []).filter((text) => said.includes(text)).map((text) => `says “${text}”`),
    ...goals(expected.goals, result),
    ...handOver(expected.hands_over, result),
    ...(expected.silent === true && replies.length > 0 ? ['is not silent'] : []),
    ...answeredBy(expected.answered_by, result),
    ...because(expected.because, result),
  ];
}

function missing(texts: readonly string[], said: string): string[] {
  const problems: string[] = [];
  let from = 0;
  for (const text of texts) {
    const at = said.indexOf(text, from);
    if (at < 0)
      problems.push(
        `does not say “${text}”${from > 0 && said.includes(text) ? ' there' : ''}; says “${said}”`,
      );
    else from = at + text.length;
  }
  return problems;
}

function goals(expected: readonly string[] | undefined, { effects }: TurnResult): string[] {
  if (!expected) return [];
  const reached = effects.flatMap((effect) => (effect.kind === 'goal' ? [effect.goal] : []));
  const isSame = JSON.stringify(reached) === JSON.stringify(expected);
  return isSame
    ? []
    : [`reaches ${reached.join(', ') || 'no goal'} instead of ${expected.join(', ') || 'no goal'}`];
}

function handOver(expected: boolean | undefined, { effects }: TurnResult): string[] {
  const hands = effects.some(({ kind }) => kind === 'hand-over');
  if (expected === undefined || hands === expected) return [];
  return [hands ? 'hands over' : 'does not hand over'];
}

function answeredBy(expected: string | undefined, { trace }: TurnResult): string[] {
  if (expected === undefined) return [];
  const author = authorOf(trace)?.responder ?? 'nobody';
  return author === expected ? [] : [`is answered by ${author} instead of ${expected}`];
}

/** Looks at the author's line, and at its notes where that line does not speak of it. */
function because(expected: Expectations['because'], { trace }: TurnResult): string[] {
  const author = authorOf(trace);
  const lines = trace.filter(({ responder }) => responder === author?.responder);
  return Object.entries(expected ?? {}).flatMap(([name, value]) => {
    const said = [...(author ? [author] : []), ...lines].map(({ detail }) => detail[name]);
    if (said.includes(value)) return [];
    const is = said.find((one) => one !== undefined) ?? 'nothing';
    return [`has ${name} ${is} instead of ${value}`];
  });
}
