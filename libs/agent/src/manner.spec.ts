import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TurnResult } from '#libs/model';
import { calls, fails, portsOf, says, scripted, type Step } from './testkit/scripted-model.js';
import { agentDefinition, agentTurn, answerWith, textOf } from './testkit/turns.js';

const run = async (
  guardrails: object,
  steps: readonly Step[],
  agent: Record<string, unknown> = {},
  says = 'Wo ist denn meine Bestellung geblieben?',
) => {
  const { modelOf, asked } = scripted({ one: steps });
  const definition = agentDefinition(agent, { guardrails, languages: ['de'] });
  const result = await answerWith(portsOf({ modelOf }), agentTurn(definition, says));
  return { result, asked: () => asked('one') };
};
const refusals = ({ trace }: TurnResult) => trace.filter(({ reason }) => reason.includes('refused'));
/** What a model is told, without the mark that is new in every turn. */
const rulesOf = ([call]: ReturnType<Awaited<ReturnType<typeof run>>['asked']>): string =>
  JSON.stringify(call!.prompt[0]).replaceAll(/data-\w+/g, 'data');
const formal = { manner: { address: 'formal' } };

describe('a model whose words do not sound as they must', () => {
  it('is told why, and its next answer is sent', async () => {
    const { result, asked } = await run(formal, [
      says('Gern.\nIch schicke dir die Rechnung.'),
      says('Gern. Ich schicke Ihnen die Rechnung.'),
    ]);
    expect(textOf(result)).toBe('Gern. Ich schicke Ihnen die Rechnung.');
    expect(refusals(result)).toMatchObject([
      {
        responder: 'agent',
        decision: 'noted',
        reason: 'What the model wrote was refused: informal address in German in line 2 at character 13',
        detail: { problem: 'manner', rule: 'address', line: 2, character: 13 },
      },
    ]);
    const [first, second] = asked();
    expect(JSON.stringify(first!.prompt)).toContain('Address the customer in the formal way');
    const told = JSON.stringify(second!.prompt.slice(-2));
    expect(told).toContain('Ich schicke dir die Rechnung.');
    expect(told).toContain('Your answer was not sent: it has informal address in German.');
  });

  it('is told once: the rest of the row answers, and what was refused reaches nobody', async () => {
    const shown: string[] = [];
    const { modelOf, asked } = scripted({ one: [says('Für dich!!'), says('Für dich! Gern.')] });
    const definition = agentDefinition({}, { guardrails: formal, languages: ['de'] });
    const live = { delta: (text: string) => shown.push(text), reset: () => undefined };
    const result = await answerWith(portsOf({ modelOf }), agentTurn(definition, 'Wo ist sie?'), live);
    expect(textOf(result)).toBe('I do not know.');
    expect(refusals(result)).toHaveLength(3);
    expect(asked('one')).toHaveLength(2);
    expect(shown).toEqual([]);
  });

  it.each<[string, Step[]]>([
    ['is down then', [says('Für dich.'), fails]],
    ['has nothing more to say', [says('Für dich.'), says('')]],
  ])('and that %s is followed by the rest of the row', async (_, steps) => {
    const { result } = await run(formal, steps);
    expect(textOf(result)).toBe('I do not know.');
  });

  it('may not go on beyond its steps', async () => {
    const { result, asked } = await run(formal, [says('Für dich.'), says('Für Sie.')], {
      limits: { silence_ms: 1_000, steps: 1 },
    });
    expect(textOf(result)).toBe('I do not know.');
    expect(asked()).toHaveLength(1);
  });

  it('says its words before a question to the person only where they are fine', async () => {
    const agent = { tools: [{ tool: 'capture_lead', approval: 'person' }] };
    const ask =
      (before: string): Step =>
      async (call) => [
        ...((await says(before)(call)) as []).slice(0, -1),
        ...((await calls(['capture_lead', { interest: 'Lampe' }])(call)) as []),
      ];
    const bad = await run(formal, [ask('Ich merke dich vor.')], agent);
    expect(JSON.stringify(bad.result.replies)).not.toContain('dich');
    expect(bad.result.replies).toHaveLength(1);
    const good = await run(formal, [ask('Ich merke Sie vor.')], agent);
    expect(JSON.stringify(good.result.replies)).toContain('Ich merke Sie vor.');
  });

  it.each<[string, object, string, string]>([
    ['a forbidden phrase', { forbidden: ['Geld zurück'] }, 'Es gibt Geld zurück.', 'you must never use'],
    ['too long', { characters_max: 50 }, 'Das ist lang. '.repeat(5), 'longer than 50 characters'],
    [
      'another language',
      { same_language: true },
      'Your order has been sent to you yesterday morning',
      'not in the language of the customer',
    ],
  ])('writes again also when its answer is or holds %s', async (problem, output, bad, told) => {
    const { result, asked } = await run({ output }, [says(bad), says('Gern geschehen.')]);
    expect(textOf(result)).toBe('Gern geschehen.');
    expect(refusals(result)[0]?.detail).toEqual({ problem });
    expect(JSON.stringify(asked()[1]!.prompt.at(-1))).toContain(told);
  });

  it('without a setting changes nothing, whatever it writes', async () => {
    const wild = fc
      .array(fc.constantFrom('du ', 'Ihnen ', 'fuck ', '!! ', '👋 ', 'YOU MUST NOT ', 'Wort '), {
        minLength: 1,
        maxLength: 12,
      })
      .map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(wild, async (text) => {
        const [bare, empty] = [await run({}, [says(text)]), await run({ manner: {} }, [says(text)])];
        expect(empty.result.replies).toEqual(bare.result.replies);
        expect(rulesOf(empty.asked())).toBe(rulesOf(bare.asked()));
      }),
      { numRuns: 30 },
    );
  });
});

describe('the manner of what an author wrote', () => {
  it('is the author’s: rules and the fallback are said as they stand', async () => {
    const { result } = await run({ manner: { emoji: 'none', no_shouting: true } }, [fails]);
    expect(textOf(result)).toBe('I do not know.');
    const { modelOf } = scripted({ one: [] });
    const definition = agentDefinition(
      {},
      {
        guardrails: { manner: { emoji: 'none', no_shouting: true } },
        rules: [{ id: 'hi', when: { words: ['hallo'] }, reply: [{ type: 'text', text: 'Hallo!! 👋' }] }],
      },
    );
    expect(textOf(await answerWith(portsOf({ modelOf }), agentTurn(definition, 'Hallo')))).toBe('Hallo!! 👋');
  });
});
