import { describe, expect, it } from 'vitest';
import { textOf, turnOf, type TurnParts } from '../../../../test/support/turns.js';
import { Rule, type TurnResult } from '#libs/model';
import { BotCore } from '../core.js';

const core = new BotCore();
const rule = (id: string, when: object, more: object = {}): Rule =>
  Rule.parse({ id, when, reply: [textOf(`reply of ${id}`)], ...more });
const matched = ({ trace }: TurnResult): unknown =>
  trace.find((step) => step.responder === 'rules')?.detail['rule'];
const run = (parts: TurnParts, ...rules: Rule[]) => core.answer(turnOf({ ...parts, definition: { rules } }));
const asked = [
  {
    type: 'choices' as const,
    text: 'Which?',
    style: 'buttons' as const,
    options: [
      { id: 'a', label: 'Apples' },
      { id: 'b', label: 'Bananas' },
    ],
  },
];

describe('a rule with words', () => {
  it.each([
    ['Opening hours', 'what are your OPENING HOURS?'],
    ['opening hours', 'opening\n hours'],
    ['café', 'a CAFE, please'],
    ['straße', 'STRASSE 5'],
    ['退款', '我想退款'],
    ['سعر', 'كم السِّعر سعر'],
    ["what's up", 'What’s up'],
  ])('“%s” matches “%s”', async (words, says) => {
    expect(matched(await run({ says: [says] }, rule('r', { words: [words] })))).toBe('r');
  });

  it.each([
    ['hour', 'hours'],
    ['opening hours', 'opening the hours'],
    ['opening hours', 'hours opening'],
    ['art', 'start'],
    ['!!', 'help!!'],
    ['की', 'का'],
  ])('“%s” does not match “%s”', async (words, says) => {
    expect(matched(await run({ says: [says] }, rule('r', { words: [words] })))).toBeUndefined();
  });
});

describe('rules', () => {
  it('need every condition to hold for the same message', async () => {
    const both = rule('both', { words: ['hello'], first_message: true });
    expect(matched(await run({ says: ['hello'] }, both))).toBe('both');
    expect(matched(await run({ says: ['well', 'hello'] }, both))).toBeUndefined();
    const { state } = await run({ says: ['first'] }, both);
    expect(matched(await run({ says: ['hello'], state, hasReplies: true }, both))).toBeUndefined();
  });

  it('never match without a condition', async () => {
    expect(matched(await run({}, rule('none', {})))).toBeUndefined();
    expect(matched(await run({}, rule('false', { first_message: false })))).toBeUndefined();
  });

  it('count the first message after a greeting as the first', async () => {
    const first = rule('first', { first_message: true });
    expect(matched(await run({ sent: [[textOf('Welcome')]], hasReplies: true }, first))).toBe('first');
  });

  it('match in written order, whichever new message is newer', async () => {
    const rules = [rule('hours', { words: ['hours'] }), rule('thanks', { words: ['thanks'] })];
    expect(matched(await run({ says: ['hours?', 'thanks'] }, ...rules))).toBe('hours');
    expect(matched(await run({ says: ['thanks', 'hours?'] }, ...rules))).toBe('hours');
  });

  it('answer the option taken last before any words', async () => {
    const rules = [
      rule('words', { words: ['apples', 'bananas', 'well'] }),
      rule('a', { option: 'a' }),
      rule('b', { option: 'b' }),
    ];
    const parts = { sent: [asked], hasReplies: true };
    expect(matched(await run({ ...parts, says: ['apples', 'well', '2'] }, ...rules))).toBe('b');
    expect(matched(await run({ ...parts, says: ['bananas', '1', 'well'] }, ...rules))).toBe('a');
  });

  it('hand over where they say so, and name themselves as the reason', async () => {
    const result = await run({ says: ['human'] }, rule('person', { words: ['human'] }, { hand_over: true }));
    expect(result.effects).toEqual([{ kind: 'hand-over', to: 'queue', reason: 'Rule person' }]);
    expect(result.replies).toEqual([[textOf('reply of person')]]);
  });
});
