import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BotDefinition, TestConversation, type BotFiles } from '#libs/model';
import { writeBotFiles, type BotBundle } from './bot-files.js';
import { readBotFiles } from './read-bot-files.js';

const example = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8'));
const shop: BotBundle = {
  name: 'Shop',
  runningConversations: 'finish',
  definition: BotDefinition.parse(example('shop-assistant.bot.json')),
  tests: (example('shop-assistant.tests.json') as unknown[]).map((one) => TestConversation.parse(one)),
};

const read = (files: BotFiles): BotBundle => {
  const reading = readBotFiles(files);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.bundle;
};
const problemsOf = (change: (files: BotFiles) => void): string[] => {
  const files = writeBotFiles(shop);
  change(files);
  const reading = readBotFiles(files);
  return reading.ok ? [] : reading.problems.map(({ file, pointer, code }) => `${file}#${pointer} ${code}`);
};

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/);
const words = fc
  .string({ minLength: 1, maxLength: 30 })
  .filter((text) => text.trim() !== '' && !text.includes('{'));
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'a\r\nb', '\u{feff}x', '\ud800'));
const listOf = <T extends { id: string }>(item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { selector: (one) => one.id, maxLength: 4 });
const bundles: fc.Arbitrary<BotBundle> = fc
  .record({
    name: words,
    runningConversations: fc.constantFrom('move' as const, 'finish' as const),
    rules: listOf(fc.record({ id, reply: words, phrases: fc.array(words, { maxLength: 2 }) })),
    menus: listOf(fc.record({ id })),
    intents: fc.option(listOf(fc.record({ id, title: words })), { nil: undefined }),
    instructions: fc.option(anyText, { nil: undefined }),
    tests: fc.uniqueArray(words, { maxLength: 4 }),
  })
  .map(({ name, runningConversations, rules, menus, intents, instructions, tests }) => ({
    name: name.trim(),
    runningConversations,
    definition: BotDefinition.parse({
      persona: { name: 'Ada' },
      rules: rules.map(({ id: rule, reply, phrases }) => ({
        id: rule,
        when: { phrases },
        reply: [{ type: 'text', text: reply }],
      })),
      menus: menus.map(({ id: menu }) => ({ id: menu, text: 'Which?', options: [{ id: 'a', label: 'A' }] })),
      ...(intents && {
        understanding: { intents: intents.map((intent) => ({ ...intent, phrasings: ['x'] })) },
      }),
      ...(instructions !== undefined && {
        agent: { models: [{ provider: 'installation' }], instructions: instructions.slice(0, 12_000) },
      }),
    }),
    tests: tests.map((title) => TestConversation.parse({ title, steps: [{ says: 'Hi' }] })),
  }));

describe('a bot as files', () => {
  it('comes back as it went, and gives the same bytes again', () => {
    fc.assert(
      fc.property(bundles, (bundle) => {
        const files = writeBotFiles(bundle);
        expect(read(files)).toEqual(JSON.parse(JSON.stringify(bundle)));
        expect(JSON.stringify(writeBotFiles(read(files)))).toBe(JSON.stringify(files));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps how a model must sound', () => {
    const manner = { address: 'formal', emoji: 'few', no_shouting: true, no_profanity: false } as const;
    const definition = { ...shop.definition, guardrails: { blocked: [], manner } };
    expect(read(writeBotFiles({ ...shop, definition })).definition.guardrails).toEqual({
      blocked: [],
      manner,
    });
  });

  it('gives the same bytes in whatever order its keys were written', () => {
    const backwards = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(backwards);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, one]) => [key, backwards(one)]),
      );
    };
    const turned = { ...shop, definition: backwards(shop.definition) as BotDefinition };
    expect(writeBotFiles(turned)).toEqual(writeBotFiles(shop));
  });

  it('has a file for each piece that a person would look for', () => {
    const names = Object.keys(writeBotFiles(shop));
    expect(names).toContain('bot.json');
    expect(names).toContain('rules.json');
    for (const { id: flow } of shop.definition.flows ?? []) expect(names).toContain(`flows/${flow}.json`);
    expect(names.filter((name) => name.startsWith('tests/'))).toHaveLength(shop.tests.length);
  });

  it('says in which file and where a mistake is', () => {
    const flow = shop.definition.flows![0]!;
    const file = `flows/${flow.id}.json`;
    const gone = problemsOf((files) => {
      files[file] = files[file]!.replace(`"start": "${flow.start}"`, '"start": "nowhere"');
    });
    expect(gone[0]).toMatch(`${file}#/start missing-node`);
    expect(problemsOf((files) => (files[file] = '{'))).toEqual([`${file}# not-json`]);
    expect(problemsOf((files) => delete files[file])).toEqual(['bot.json#/files/flows/0 missing-file']);
    expect(problemsOf((files) => (files['flows/new.json'] = '{}'))).toEqual(['flows/new.json# not-listed']);
    expect(problemsOf((files) => (files['README.md'] = '# Mine'))).toEqual([]);
    expect(problemsOf((files) => delete files['bot.json'])).toEqual(['bot.json# missing-file']);
    const test = Object.keys(writeBotFiles(shop)).find((name) => name.startsWith('tests/'))!;
    expect(problemsOf((files) => (files[test] = '{"title":"x","steps":[]}'))).toEqual([
      `${test}#/steps too_small`,
    ]);
    expect(
      problemsOf((files) => {
        files['rules.json'] = files['rules.json']!.replace('"when": {', '"whenn": {');
      })[0],
    ).toBe('rules.json#/0/when invalid_type');
  });

  it('refuses what is said twice: a section here and there, a file that is listed twice', () => {
    const manifest = (change: (bot: { definition: object; files: Record<string, string[]> }) => void) =>
      problemsOf((files) => {
        const bot = JSON.parse(files['bot.json']!) as Parameters<typeof change>[0];
        change(bot);
        files['bot.json'] = JSON.stringify(bot);
      });
    expect(manifest((bot) => Object.assign(bot.definition, { rules: [] }))).toEqual([
      'bot.json#/definition/rules written-twice',
    ]);
    expect(manifest((bot) => bot.files['flows']!.push(bot.files['flows']![0]!))[0]).toMatch(
      /^bot\.json#\/files\/flows\/\d+ listed-twice$/,
    );
  });
});
