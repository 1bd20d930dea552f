import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BotDefinition } from '#libs/model';
import { diffBots } from './diff.js';

const shop = BotDefinition.parse(
  JSON.parse(readFileSync(new URL('../../examples/shop-assistant.bot.json', import.meta.url), 'utf8')),
);

const botOf = (parts: object): BotDefinition => BotDefinition.parse({ persona: { name: 'Ada' }, ...parts });
const say = (text: string) => [{ type: 'text', text }];
const rule = (id: string, text = id) => ({ id, when: { words: [id] }, reply: say(text) });
const flow = (nodes: object) => ({ schema: 1, id: 'booking', title: 'Booking', start: 'a', nodes });
const textsOf = (before: BotDefinition, after: BotDefinition): string[] =>
  diffBots(before, after).map(({ text }) => text);

/** A place in a JSON value, and something else to stand there. */
function mutated(value: unknown, at: number, piece: unknown): unknown {
  const copy = structuredClone(value) as Record<string, unknown>;
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const [parent, key] = places[at % places.length]!;
  if (piece === undefined && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (piece === undefined) delete parent[key];
  else parent[key] = piece;
  return copy;
}

describe('the difference between two definitions', () => {
  it('is empty exactly when both are equal', () => {
    const piece = fc.oneof(
      fc.constant(undefined),
      fc.string(),
      fc.boolean(),
      fc.constant([]),
      fc.constant({}),
    );
    fc.assert(
      fc.property(fc.nat(), piece, fc.nat(), piece, (at, put, at2, put2) => {
        const before = mutated(shop, at, put) as BotDefinition;
        const after = mutated(before, at2, put2) as BotDefinition;
        expect(diffBots(before, after).length === 0).toBe(isDeepStrictEqual(before, after));
        expect(diffBots(after, structuredClone(after))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('sees every other order of what has an order', () => {
    const arbitrary = fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 });
    fc.assert(
      fc.property(arbitrary, (order) => {
        const found = diffBots(
          botOf({ rules: ['a', 'b', 'c', 'd'].map((id) => rule(id)) }),
          botOf({ rules: order.map((id) => rule(id)) }),
        );
        expect(found.map(({ kind }) => kind)).toEqual(order.join('') === 'abcd' ? [] : ['moved']);
      }),
    );
  });

  it('knows rules by their ids, nodes by their names, and says what changed within them', () => {
    const before = botOf({
      rules: [rule('hours'), rule('price', 'Ten.')],
      flows: [flow({ a: { type: 'say', content: say('Hi'), next: 'b' }, b: { type: 'goal', goal: 'g' } })],
    });
    const after = botOf({
      rules: [rule('new'), rule('price', 'Twelve.')],
      flows: [flow({ a: { type: 'say', content: say('Hello'), next: 'c' }, c: { type: 'goal', goal: 'g' } })],
    });
    expect(textsOf(before, after)).toEqual([
      '+ rule “new”',
      '~ rule “price”, reply, text: “Ten.” → “Twelve.”',
      '- rule “hours”',
      '~ flow “booking”, node “a”, content, text: “Hi” → “Hello”',
      '~ flow “booking”, node “a”, next: “b” → “c”',
      '+ flow “booking”, node “c”',
      '- flow “booking”, node “b”',
    ]);
  });

  it('names single words and phrasings, sections and settings', () => {
    const intents = (...phrasings: string[]) => ({
      understanding: { intents: [{ id: 'refund', title: 'Refund', phrasings, reply: say('Yes.') }] },
    });
    const before = botOf({ ...intents('money back', 'return it'), fallback: say('Sorry.') });
    const after = botOf({ ...intents('return it', 'I want a refund'), fallback_hands_over: true });
    expect(textsOf(before, after)).toEqual([
      '~ fallback hands over: false → true',
      '+ intent “refund”, phrasings: “I want a refund”',
      '- intent “refund”, phrasings: “money back”',
      '- fallback: [{"type":"text","text":"Sorry."}]',
    ]);
  });

  it('points into the later definition, and for what was removed into the earlier one', () => {
    const found = diffBots(
      botOf({ rules: [rule('a'), rule('b')] }),
      botOf({ rules: [rule('c'), rule('b', 'x')] }),
    );
    expect(found.map(({ kind, pointer }) => [kind, pointer])).toEqual([
      ['added', '/rules/0'],
      ['changed', '/rules/1/reply/0/text'],
      ['removed', '/rules/0'],
    ]);
  });
});
