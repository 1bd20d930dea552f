import { describe, expect, it } from 'vitest';
import { BotDefinition, TestConversation } from '#libs/model';
import { answerChanges, failuresOf, runTestSet } from './test-set.js';

const botOf = (hours: string, example = 'open?'): BotDefinition =>
  BotDefinition.parse({
    persona: { name: 'Ada' },
    rules: [
      {
        id: 'hours',
        when: { words: ['open'] },
        reply: [{ type: 'text', text: hours }],
        tests: [{ says: example }],
      },
    ],
    fallback: [{ type: 'text', text: 'I do not know.' }],
  });

const conversations = [
  { title: 'Hours', steps: [{ says: 'Open?', expect: { replies: ['nine'], because: { rule: 'hours' } } }] },
  { title: 'Nonsense', steps: [{ says: 'xyz' }, { says: 'zyx', expect: { answered_by: 'fallback' } }] },
].map((one) => TestConversation.parse(one));

describe('a test set', () => {
  it('counts conversations and examples, and scores turns', async () => {
    const report = await runTestSet(botOf('From ten.'), 'draft', conversations);
    expect(report).toMatchObject({ version: 'draft', passed: 2, failed: 1, score: 0.75 });
    expect(failuresOf(report)).toEqual(['“Hours”, step 1: does not say “nine”; says “From ten.”']);
  });

  it('is perfect where there is nothing to fail, and says which rule took an example', async () => {
    expect(await runTestSet(BotDefinition.parse({ persona: { name: 'A' } }), 1, [])).toMatchObject({
      passed: 0,
      failed: 0,
      score: 1,
    });
    expect(failuresOf(await runTestSet(botOf('nine', 'closed?'), 1, []))).toEqual([
      'Rule “hours”, example 1: is answered by no rule',
    ]);
  });

  it('shows what two versions answer differently, and nothing else', async () => {
    const before = await runTestSet(botOf('From nine.'), 1, conversations);
    const after = await runTestSet(botOf('From ten.'), 2, conversations);
    expect(answerChanges(before, after).map(({ text }) => text)).toEqual([
      '“Hours”, step 1 (no longer as expected):\n- rules: From nine.\n+ rules: From ten.',
    ]);
    expect(answerChanges(after, before)[0]).toMatchObject({
      passed: { before: false, after: true },
      step: 0,
    });
    expect(answerChanges(before, await runTestSet(botOf('From nine.'), 3, conversations))).toEqual([]);
  });
});
