import { describe, expect, it } from 'vitest';
import { botOf, textOf } from '../../../../test/support/turns.js';
import { BotDefinition, Rule } from '#libs/model';
import { testRules } from './test-rules.js';

it('says which examples of the rules hold, and who answered instead', async () => {
  const rules = [
    Rule.parse({
      id: 'hours',
      when: { phrases: ['opening hours'] },
      reply: [textOf('9 to 5')],
      tests: [{ says: 'openning hours?' }, { says: 'hello', matches: false }],
    }),
    Rule.parse({
      id: 'late',
      when: { words: ['hours'] },
      reply: [textOf('x')],
      tests: [{ says: 'your opening hours' }, { says: 'which hours' }],
    }),
  ];
  expect(await testRules(botOf({ rules }), 0)).toEqual([
    { rule: 'hours', index: 0, passed: true, answeredBy: 'hours' },
    { rule: 'hours', index: 1, passed: true, answeredBy: null },
    { rule: 'late', index: 0, passed: false, answeredBy: 'hours' },
    { rule: 'late', index: 1, passed: true, answeredBy: 'late' },
  ]);
});

describe('the examples of a rule', () => {
  const hours = {
    time_zone: 'Europe/Berlin',
    weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
  };
  const reply = [textOf('x')];
  const [at, night] = ['2027-01-04T10:00:00Z', '2027-01-04T22:00:00Z'];

  it.each<[what: string, when: object, yes: object, no: object]>([
    ['words', { words: ['refund'] }, { says: 'a refund!' }, { says: 'refunds' }],
    ['phrases with slips', { phrases: ['track my order'] }, { says: 'trak my oder' }, { says: 'my order' }],
    ['patterns', { patterns: ['^ref-[0-9]+$'] }, { says: 'REF-12' }, { says: 'REF-' }],
    ['business hours', { words: ['hi'], hours: 'closed' }, { says: 'hi', at: night }, { says: 'hi', at }],
    ['the time', { condition: 'time.hour >= 20' }, { says: 'hi', at: night }, { says: 'hi', at }],
    [
      'the contact',
      { condition: 'contact.attributes.tier == "gold"' },
      { says: 'hi', contact: { attributes: { tier: 'gold' } } },
      { says: 'hi' },
    ],
    [
      'the name',
      { condition: 'contact.name == "Ann"' },
      { says: 'hi', contact: { name: 'Ann' } },
      { says: 'hi' },
    ],
    [
      'the channel',
      { condition: 'channel.label == "WhatsApp"' },
      { says: 'hi', channel: 'WhatsApp' },
      { says: 'hi', channel: 'Chat' },
    ],
    ['the conversation', { first_message: true }, { says: 'hi', first: true }, { says: 'hi' }],
    ['an option', { option: 'menu/main/pay' }, { says: 'Pay', option: 'menu/main/pay' }, { says: 'Pay' }],
    [
      'the language',
      { condition: 'message.language == "de"' },
      { says: 'Guten Tag, wo ist denn meine Bestellung geblieben?' },
      { says: 'Good morning, where has my order gone to?' },
    ],
  ])('show that it looks at %s', async (_, when, yes, no) => {
    const tests = [yes, { ...no, matches: false }];
    const definition = BotDefinition.parse({
      persona: { name: 'Ada' },
      hours: { ...hours },
      rules: [{ id: 'one', when, reply, tests }],
    });
    const found = await testRules(definition, Date.parse(at));
    expect(found.map(({ passed }) => passed)).toEqual([true, true]);
    const other = {
      ...definition,
      rules: [{ ...definition.rules[0]!, when: { words: ['nothing like it'] } }],
    };
    expect((await testRules(other, Date.parse(at))).map(({ passed }) => passed)).toEqual([false, true]);
  });

  it('show which of two rules goes first, by priority', async () => {
    const rule = (id: string, priority: number, says: string) =>
      Rule.parse({ id, when: { words: ['pay'] }, reply, priority, tests: [{ says }] });
    const rules = [rule('low', 0, 'pay'), rule('high', 5, 'pay')];
    expect(await testRules(botOf({ rules }), 0)).toEqual([
      { rule: 'low', index: 0, passed: false, answeredBy: 'high' },
      { rule: 'high', index: 0, passed: true, answeredBy: 'high' },
    ]);
  });
});
