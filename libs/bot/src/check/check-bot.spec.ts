import { describe, expect, it } from 'vitest';
import { checkBot } from './check-bot.js';

const bot = (parts: object): unknown => ({ persona: { name: 'Polly' }, ...parts });
const flow = (nodes: object, start = 'a'): unknown =>
  bot({ flows: [{ schema: 1, id: 'f', title: 'F', start, nodes }] });
const say = (next?: string): object => ({
  type: 'say',
  content: [{ type: 'text', text: 'x' }],
  ...(next && { next }),
});
const problemsOf = (input: unknown): string[] => {
  const check = checkBot(input);
  return check.ok ? [] : check.problems.map(({ pointer, code }) => `${pointer} ${code}`);
};

describe('a definition', () => {
  it('without a fault is given back parsed', () => {
    expect(checkBot(flow({ a: say('b'), b: say() }))).toMatchObject({ ok: true, definition: { rules: [] } });
  });

  it.each([
    ['a form that is wrong', bot({ flows: [{ id: 'f' }] }), '/flows/0/schema invalid_value'],
    ['a start that is missing', flow({ a: say() }, 'z'), '/flows/0/start missing-node'],
    ['a way into nothing', flow({ a: say('z') }), '/flows/0/nodes/a/next missing-node'],
    ['a node that nothing leads to', flow({ a: say(), b: say() }), '/flows/0/nodes/b not-reached'],
    ['a loop without a question', flow({ a: say('b'), b: say('a') }), '/flows/0/nodes/a endless-loop'],
    [
      'a bad expression',
      flow({ a: { type: 'set', values: { x: '1 +' } } }),
      '/flows/0/nodes/a/values/x bad-expression',
    ],
    [
      'a condition that is a number',
      flow({ a: { type: 'branch', cases: [{ when: '1', next: 'a' }] } }),
      '/flows/0/nodes/a/cases/0/when bad-expression',
    ],
    [
      'a bad template',
      flow({ a: { type: 'ask', text: '{{ x', into: 'x', expect: { kind: 'text' } } }),
      '/flows/0/nodes/a/text bad-template',
    ],
    [
      'an option used twice',
      flow({
        a: {
          type: 'ask',
          text: '?',
          into: 'x',
          expect: {
            kind: 'choice',
            options: [
              { id: 'o', label: 'A' },
              { id: 'o', label: 'B' },
            ],
          },
        },
      }),
      '/flows/0/nodes/a/expect/options/1/id used-twice',
    ],
    [
      'a flow that is not there',
      flow({ a: { type: 'sub_flow', flow: 'g' } }),
      '/flows/0/nodes/a/flow missing-flow',
    ],
    [
      'a rule into nothing',
      bot({ rules: [{ id: 'r', when: { words: ['a'] }, start_flow: 'g' }] }),
      '/rules/0/start_flow missing-flow',
    ],
    [
      'a rule that does nothing',
      bot({ rules: [{ id: 'r', when: { words: ['a'] } }] }),
      '/rules/0/reply custom',
    ],
    [
      'a rule by hours that are not there',
      bot({ rules: [{ id: 'r', when: { hours: 'open' }, hand_over: true }] }),
      '/rules/0/when/hours missing-hours',
    ],
    [
      'a town that is not there',
      bot({ hours: { time_zone: 'X/Y', weekly: [] } }),
      '/hours/time_zone unknown-time-zone',
    ],
    [
      'thresholds the wrong way round',
      bot({ understanding: { answers_from: 0.3, suggests_from: 0.5 } }),
      '/understanding/suggests_from out-of-order',
    ],
  ])('with %s says where', (_, input, problem) => {
    expect(problemsOf(input)).toContain(problem);
  });

  it('says all that is wrong at once', () => {
    expect(problemsOf(flow({ a: say('y'), b: say('z') }))).toHaveLength(3);
  });
});
