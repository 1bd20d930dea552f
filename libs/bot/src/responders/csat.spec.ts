import { describe, expect, it } from 'vitest';
import type { BotDefinition, Content, Effect, JsonObject, TurnResult, TurnSignal } from '#libs/model';
import { botOf, textOf, turnOf } from '../../../../test/support/turns.js';
import { BotCore } from '../core.js';

const csat = {
  text: 'How was it?',
  labels: ['Very bad', 'Bad', 'All right', 'Good', 'Very good'],
  thanks: 'Thank you!',
  after_goals: ['sold'],
  within_s: 3_600,
  again_after_days: 30,
};
const definitionOf = (more: object = {}): BotDefinition =>
  botOf({
    rules: [
      { id: 'hours', when: { words: ['hours'] }, reply: [textOf('From nine to five.')] },
      { id: 'buy', when: { words: ['buy'] }, start_flow: 'buy' },
    ],
    flows: [
      {
        schema: 1,
        id: 'buy',
        title: 'Buy',
        start: 'done',
        digressions: 'allowed',
        nodes: {
          done: { type: 'say', content: [textOf('Sold.')], next: 'goal' },
          goal: { type: 'goal', goal: 'sold', data: {} },
        },
      },
    ],
    csat: { ...csat, ...more },
    fallback: [textOf('What?')],
  } as unknown as Partial<BotDefinition>);

const closed: TurnSignal = { kind: 'owner', closed: true };

function talk(definition = definitionOf()) {
  let now = Date.parse('2026-11-21T09:00:00Z');
  const core = new BotCore(undefined, { clock: { now: () => now, tick: () => 0 } });
  let state: JsonObject = {};
  const run = async (says: readonly (string | readonly Content[])[], signals?: readonly TurnSignal[]) => {
    const turn = turnOf({ says, definition, state, hasReplies: true });
    const result: TurnResult = await core.answer({ ...turn, ...(signals && { signals }) });
    ({ state } = result);
    return {
      texts: result.replies.flat().map((content) => ('text' in content ? content.text : content.type)),
      ratings: result.effects.filter((effect): effect is Effect & { kind: 'csat' } => effect.kind === 'csat'),
    };
  };
  return {
    say: (text: string) => run([text]),
    press: (option: string) => run([[{ type: 'choice_taken', option_id: option, label: 'x' }] as Content[]]),
    close: () => run([], [closed]),
    later: (seconds: number) => void (now += seconds * 1_000),
  };
}

describe('how it was', () => {
  it.each([
    ['4', 4],
    ['Good', 4],
    ['very goood', 5],
    ['👍', 5],
    ['⭐⭐', 2],
    ['terrible', 1],
    ['2/5', 2],
  ])('is asked when an operator closes, and “%s” is understood', async (said, score) => {
    const one = talk();
    expect((await one.close()).texts).toEqual(['How was it?']);
    const { texts, ratings } = await one.say(said);
    expect(ratings).toEqual([{ kind: 'csat', score, comment: null, after: 'operator' }]);
    expect(texts).toEqual(['Thank you!']);
  });

  it('is asked behind what the bot says when it reaches a goal that closes', async () => {
    const one = talk();
    expect((await one.say('buy')).texts).toEqual(['Sold.', 'How was it?']);
    expect((await one.press('csat/3')).ratings).toMatchObject([{ score: 3, after: 'bot' }]);
  });

  it('is not asked twice within the days, and is asked again after them', async () => {
    const one = talk();
    await one.close();
    await one.say('5');
    expect((await one.close()).texts).toEqual([]);
    expect((await one.say('buy')).texts).toEqual(['Sold.']);
    one.later(31 * 86_400);
    expect((await one.close()).texts).toEqual(['How was it?']);
  });

  it('counts once, however many buttons are pressed', async () => {
    const one = talk();
    await one.close();
    expect((await one.press('csat/5')).ratings).toHaveLength(1);
    expect((await one.press('csat/1')).ratings).toEqual([]);
  });

  it.each(['What are your hours?', 'my parcel has still not arrived'])(
    'takes no message that says something else: %s',
    async (said) => {
      const one = talk();
      await one.close();
      const { texts, ratings } = await one.say(said);
      expect(ratings).toEqual([]);
      expect(texts).not.toContain('Thank you!');
      // Nor a number that comes behind it: that is an answer to something else.
      expect((await one.say('👍')).ratings).toEqual([]);
      // A button that is still there is pressed on purpose.
      expect((await one.press('csat/2')).ratings).toMatchObject([{ score: 2 }]);
    },
  );

  it('takes nothing that is written too late', async () => {
    const one = talk();
    await one.close();
    one.later(3_601);
    expect((await one.say('👍')).ratings).toEqual([]);
  });

  it('takes a comment, unless it is a question of its own or there is none', async () => {
    const definition = definitionOf({ comment: 'Why?' });
    const one = talk(definition);
    await one.close();
    expect((await one.say('2')).texts).toEqual(['Why?']);
    const { texts, ratings } = await one.say('It took a whole week.');
    expect(ratings).toMatchObject([{ score: 2, comment: 'It took a whole week.' }]);
    expect(texts).toEqual(['Thank you!']);
    for (const [said, answered] of [
      ['your hours please', 'From nine to five.'],
      ['Where is it?', 'What?'],
    ] as const) {
      const other = talk(definition);
      await other.close();
      await other.say('4');
      expect(await other.say(said)).toEqual({ texts: [answered], ratings: [] });
    }
    const silent = talk(definition);
    await silent.close();
    await silent.say('4');
    expect(await silent.press('csat/skip')).toEqual({ texts: ['Thank you!'], ratings: [] });
  });
});
