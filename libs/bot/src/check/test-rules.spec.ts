import { expect, it } from 'vitest';
import { botOf, textOf } from '../../../../test/support/turns.js';
import { Rule } from '#libs/model';
import { testRules } from './test-rules.js';

it('says which examples of the rules hold, and who answered instead', () => {
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
  expect(testRules(botOf({ rules }), 0)).toEqual([
    { rule: 'hours', index: 0, passed: true, answeredBy: 'hours' },
    { rule: 'hours', index: 1, passed: true, answeredBy: null },
    { rule: 'late', index: 0, passed: false, answeredBy: 'hours' },
    { rule: 'late', index: 1, passed: true, answeredBy: 'late' },
  ]);
});
