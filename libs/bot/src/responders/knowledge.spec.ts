import { describe, expect, it } from 'vitest';
import { botOf, textOf, turnOf, type TurnParts } from '../../../../test/support/turns.js';
import { BotKnowledge, plainTextOf, type KnowledgePassage, type Turn } from '#libs/model';
import { BotCore } from '../core.js';
import { knowledge } from './knowledge.js';
import { standardRowOf } from './standard-row.js';

const core = new BotCore(standardRowOf({ behindIntents: [knowledge] }));
const settings = BotKnowledge.parse({});
const definition = botOf({ knowledge: settings, fallback: [textOf('No idea')] });

const passage = (id: string, score: number, more: Partial<KnowledgePassage> = {}): KnowledgePassage => ({
  passageId: id,
  title: `Title of ${id}`,
  heading: `Question ${id}?`,
  text: `Text of ${id}`,
  url: null,
  score,
  ...more,
});

async function play(passages: readonly KnowledgePassage[], parts: TurnParts = {}) {
  const asked: string[] = [];
  const search: NonNullable<Turn['knowledge']>['search'] = async (query) => {
    asked.push(query);
    return passages;
  };
  const result = await core.answer({ ...turnOf({ definition, ...parts }), knowledge: { search } });
  const texts = result.replies.map((contents) => contents.map(plainTextOf).join('\n'));
  const step = result.trace.find(({ responder }) => responder === 'knowledge');
  return { ...result, texts, step, asked };
}

describe('knowledge', () => {
  it('says the answer of the best passage, and where it stands', async () => {
    const best = passage('a', 0.9, { answer: 'Just this.', url: 'https://shop.example/faq#:~:text=x' });
    const { replies, step } = await play([best, passage('b', 0.4)]);
    expect(replies).toEqual([
      [
        {
          type: 'text',
          text: 'Just this.\n\nSource: [Title of a](https://shop.example/faq#:~:text=x)',
        },
      ],
    ]);
    expect(step).toMatchObject({ decision: 'answered', detail: { passage: 'a', score: 0.9 } });
  });

  it('names a source that nobody can open, and no source where the bot does not cite', async () => {
    expect((await play([passage('a', 0.9)])).texts).toEqual(['Text of a\n\nSource: Title of a']);
    const quiet = { ...definition, knowledge: { ...settings, cites: false } };
    expect((await play([passage('a', 0.9)], { definition: quiet })).texts).toEqual(['Text of a']);
  });

  it('lets no title or address break out of its link', async () => {
    const { replies } = await play([
      passage('a', 0.9, { title: 'x](https://evil.example) [y', url: 'https://shop.example/a_(b) c' }),
    ]);
    expect(replies[0]![0]).toMatchObject({
      text: expect.stringContaining(
        String.raw`[x\](https://evil.example) \[y](https://shop.example/a_%28b%29%20c)`,
      ) as string,
    });
  });

  it('asks which was meant between the two thresholds, and answers the one that is chosen', async () => {
    const passages = [passage('a', 0.5), passage('b', 0.45), passage('c', 0.1)];
    const { replies, state, step } = await play(passages);
    expect(replies[0]![0]).toMatchObject({
      type: 'choices',
      options: [
        { id: 'knowledge/a', label: 'Question a?' },
        { id: 'knowledge/b', label: 'Question b?' },
        { id: 'knowledge/none', label: 'None of these' },
      ],
    });
    expect(step).toMatchObject({ decision: 'answered', detail: { a: 0.5, b: 0.45 } });
    const chosen = await play(passages, { says: ['2'], state, hasReplies: true });
    expect(chosen.texts).toEqual(['Text of b\n\nSource: Title of b']);
    expect(chosen.asked).toEqual(['Question b?']);
    const none = await play(passages, { says: ['None of these'], state, hasReplies: true });
    expect(none.texts).toEqual(['No idea']);
  });

  it('asks where two passages are equally near and neither is certain', async () => {
    expect((await play([passage('a', 0.7), passage('b', 0.695)])).replies[0]![0]).toMatchObject({
      type: 'choices',
    });
    expect((await play([passage('a', 0.95), passage('b', 0.945)])).texts[0]).toContain('Text of a');
  });

  it('leaves what is below both thresholds to those behind it, and doubts to an agent', async () => {
    const { texts, step } = await play([passage('a', 0.2)]);
    expect(texts).toEqual(['No idea']);
    expect(step).toMatchObject({ decision: 'passed', detail: { passage: 'a', score: 0.2 } });
    const agent = botOf({
      ...definition,
      agent: { models: [{ provider: 'installation' }], instructions: 'Help.' } as never,
    });
    const doubtful = await play([passage('a', 0.5)], { definition: agent });
    expect(doubtful.step).toMatchObject({ decision: 'passed', reason: 'In doubt, left to the agent' });
  });

  it('looks for nothing in a bot without knowledge, and never searches for private pieces', async () => {
    expect((await play([passage('a', 0.9)], { definition: { fallback: [textOf('No')] } })).asked).toEqual([]);
    const { asked } = await play([passage('a', 0.9)], { says: ['My card 4111 1111 1111 1111 was declined'] });
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toContain('4111');
  });

  it('answers the message of a burst that it knows best', async () => {
    const search: NonNullable<Turn['knowledge']>['search'] = async (query) => [
      passage(query === 'hours?' ? 'a' : 'b', query === 'hours?' ? 0.9 : 0.2),
    ];
    const turn = turnOf({ definition, says: ['hours?', 'thanks in advance'] });
    const { replies } = await core.answer({ ...turn, knowledge: { search } });
    expect(replies[0]!.map(plainTextOf)).toEqual([expect.stringContaining('Text of a')]);
  });
});
