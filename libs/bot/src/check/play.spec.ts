import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { BotDefinition, TestConversation } from '#libs/model';
import { checkBot } from './check-bot.js';
import { playConversation } from './play.js';
import { testRules } from './test-rules.js';

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../examples/${name}`, import.meta.url), 'utf8'));
const definition = BotDefinition.parse(await read('shop-assistant.bot.json'));
const conversations = ((await read('shop-assistant.tests.json')) as unknown[]).map((each) =>
  TestConversation.parse(each),
);

describe('the example bot', () => {
  it('has nothing wrong with it', async () => {
    const check = checkBot(definition);
    expect(check.ok ? [] : check.problems).toEqual([]);
    expect((await testRules(definition, 0)).filter(({ passed }) => !passed)).toEqual([]);
  });

  it.each(conversations.map((each) => [each.title, each] as const))('%s', async (_, conversation) => {
    const played = await playConversation(definition, conversation);
    expect(
      played.steps.flatMap(({ problems }, step) => problems.map((problem) => `${step}: ${problem}`)),
    ).toEqual([]);
    expect(played.passed).toBe(true);
  });
});

describe('a test conversation', () => {
  it('comes out the same each time, and says what is not as expected', async () => {
    const conversation = TestConversation.parse({
      title: 'x',
      steps: [
        { says: 'hello', expect: { replies: ['nonsense'], goals: ['g'], hands_over: true, silent: true } },
      ],
    });
    const played = await playConversation(definition, conversation);
    expect(played.passed).toBe(false);
    expect(played.steps[0]?.problems).toHaveLength(4);
    expect(await playConversation(definition, conversation)).toEqual(played);
  });
});
