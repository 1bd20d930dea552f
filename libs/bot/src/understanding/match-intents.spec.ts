import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { botOf, textOf, turnOf } from '../../../../test/support/turns.js';
import { Understanding, type Content, type TurnResult } from '#libs/model';
import { BotCore } from '../core.js';
import { FlowRunner } from '../flows/runner.js';
import { makeIntents } from '../responders/intents.js';
import { offTopic, paraphrases, shop, typos } from '../../../../test/support/shop-questions.js';
import { withPhrasing } from './learn.js';
import { matchIntents } from './match-intents.js';

const bot = botOf({ understanding: shop });
const top = (text: string, count: number): (string | undefined)[] =>
  matchIntents(bot, text)
    .slice(0, count)
    .map(({ intent }) => intent.id);
const right = (set: typeof typos, count: number): number =>
  set.filter(([text, intent]) => top(text, count).includes(intent)).length;
const scoreOf = (text: string): number => matchIntents(bot, text)[0]?.score ?? 0;

describe('intents on the committed question set', () => {
  it('are found through slips, and mostly through other words', () => {
    expect(right(typos, 1)).toBe(20);
    expect(right(paraphrases, 1)).toBeGreaterThanOrEqual(18);
    expect(right(paraphrases, 3)).toBeGreaterThanOrEqual(19);
  });

  it('are never answered, and hardly ever suggested, for what they are not about', () => {
    expect(offTopic.filter((text) => scoreOf(text) >= shop.answers_from)).toEqual([]);
    expect(offTopic.filter((text) => scoreOf(text) >= shop.suggests_from).length).toBeLessThanOrEqual(2);
  });

  it.each([
    ['my parcel is kaputt', 'broken'],
    ['the package came buested', 'broken'],
  ])('are found in slang and by synonyms, misspelt ones too: %s', (text, intent) => {
    expect(top(text, 1)).toEqual([intent]);
    const plain = botOf({ understanding: { ...shop, synonyms: [] } });
    expect(matchIntents(plain, text)[0]?.score ?? 0).toBeLessThan(scoreOf(text));
  });

  it('are answered wrongly almost never', () => {
    const wrong = [...typos, ...paraphrases].filter(
      ([text, intent]) => scoreOf(text) >= shop.answers_from && top(text, 1)[0] !== intent,
    );
    expect(wrong.length).toBeLessThanOrEqual(1);
  });
});

describe('the score of an intent', () => {
  it('is 1 for a phrasing word for word, and lies between 0 and 1 for any text', () => {
    for (const { phrasings } of shop.intents) expect(scoreOf(phrasings[0]!.toUpperCase())).toBeCloseTo(1);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const { score } of matchIntents(bot, text)) expect(score > 0 && score <= 1.000001).toBe(true);
      }),
    );
  });
});

describe('a correction', () => {
  it('becomes a phrasing, in a new definition only', () => {
    const text = 'has my stuff been posted yet';
    const learned = withPhrasing(bot, 'status', text);
    expect(learned.ok && matchIntents(learned.definition, text)[0]).toMatchObject({
      intent: { id: 'status' },
    });
    expect(bot.understanding).toEqual(shop);
    expect(withPhrasing(bot, 'status', 'TRACK my order')).toEqual({ ok: false, reason: 'known-already' });
    expect(withPhrasing(bot, 'hours', 'Track my order')).toEqual({ ok: false, reason: 'of-another-intent' });
    expect(withPhrasing(bot, 'nothing', 'x')).toEqual({ ok: false, reason: 'unknown-intent' });
  });
});

describe('the responder for intents', () => {
  const understanding = Understanding.parse({
    intents: [
      {
        id: 'status',
        title: 'Order status',
        phrasings: ['Where is my order?'],
        reply: [textOf('On its way')],
      },
      { id: 'cancel', title: 'Cancel an order', phrasings: ['Cancel my order'], hand_over: true },
    ],
  });
  const ask = (says: string | Content[], state = {}): Promise<TurnResult> =>
    new BotCore([makeIntents(new FlowRunner())]).answer(
      turnOf({ says: [says], state, definition: { understanding }, hasReplies: true }),
    );

  it('answers, asks what was meant, takes the choice, or passes', async () => {
    expect((await ask('wher is my order')).replies).toEqual([[textOf('On its way')]]);
    expect((await ask('cancel my ordr')).effects).toEqual([
      { kind: 'hand-over', to: 'queue', reason: 'Intent cancel' },
    ]);
    const unsure = await ask('something about an order');
    expect(unsure.replies).toMatchObject([
      [
        {
          type: 'choices',
          options: expect.arrayContaining([
            { id: 'intent/status', label: 'Order status' },
            { id: 'intent/none', label: 'None of these' },
          ]),
        },
      ],
    ]);
    expect((await ask('order status', unsure.state)).replies).toEqual([[textOf('On its way')]]);
    expect((await ask('none of these', unsure.state)).outcome).toBe('silent');
    expect((await ask('tell me a joke')).outcome).toBe('silent');
  });
});
