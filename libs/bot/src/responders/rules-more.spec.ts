import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../../test/support/cpu-time.js';
import { botOf, textOf, turnOf, type TurnParts } from '../../../../test/support/turns.js';
import { BusinessHours, Menu, Rule, type BotDefinition, type Content, type TurnResult } from '#libs/model';
import { BotCore } from '../core.js';

const rule = (id: string, when: object, more: object = {}): Rule =>
  Rule.parse({ id, when, reply: [textOf(`reply of ${id}`)], ...more });
const matched = ({ trace }: TurnResult): unknown =>
  trace.find((step) => step.responder === 'rules')?.detail['rule'];
const run = (parts: TurnParts, definition: Partial<BotDefinition>, now = '2026-11-21T09:00:00Z') =>
  new BotCore(undefined, { clock: { now: () => Date.parse(now), tick: () => 0 } }).answer(
    turnOf({ ...parts, definition: botOf(definition) }),
  );

describe('a rule with phrases', () => {
  it.each([
    ['opening hours', 'what are your openning huors?', true],
    ['refund', 'i want a refudn', true],
    ['refund', 'i want a fund', false],
    ['art', 'cat', false],
    ['order 12', 'order 21', false],
    ['delivery time', 'delivery of the time', false],
  ])('“%s” in “%s”: %s', async (phrase, says, matches) => {
    const result = await run({ says: [says] }, { rules: [rule('r', { phrases: [phrase] })] });
    expect(matched(result)).toBe(matches ? 'r' : undefined);
  });

  it('keeps its time with many phrases and long words', async () => {
    const phrases = Array.from(
      { length: 100 },
      (_, n) => `word${'x'.repeat(8)}${String.fromCodePoint(97 + (n % 26))}${n}`,
    );
    const rules = Array.from({ length: 20 }, (_, n) =>
      rule(`r${n}`, { phrases: phrases.map((p) => `${p} q${n}`) }),
    );
    const spent = await cpuMsOf(() => run({ says: ['wordxxxxxxxxx '.repeat(2_000)] }, { rules }));
    expect(spent).toBeLessThan(3_000);
  });
});

describe('a rule with a condition', () => {
  it('sees contact, conversation, message, time and channel', async () => {
    const condition =
      'contact.name == null && !conversation.has_replies && message.text.contains("x") && time.hour == 9 && channel.label == ""';
    expect(matched(await run({ says: ['x'] }, { rules: [rule('r', { condition })] }))).toBe('r');
    expect(matched(await run({ says: ['y'] }, { rules: [rule('r', { condition })] }))).toBeUndefined();
  });

  it('sees the language', async () => {
    const rules = [rule('de', { condition: 'message.language == "de"' })];
    expect(matched(await run({ says: ['Wo ist denn meine Bestellung geblieben?'] }, { rules }))).toBe('de');
    expect(
      matched(await run({ says: ['Where is the parcel that I have ordered?'] }, { rules })),
    ).toBeUndefined();
  });

  it('that cannot be evaluated does not match', async () => {
    expect(matched(await run({}, { rules: [rule('r', { condition: 'fields.none > 1' })] }))).toBeUndefined();
  });
});

describe('rules', () => {
  const hours = BusinessHours.parse({
    time_zone: 'UTC',
    weekly: [{ days: ['mon'], from: '09:00', to: '17:00' }],
  });

  it('can be for open or closed hours, and say when it opens', async () => {
    const closed = rule(
      'closed',
      { hours: 'closed' },
      { reply: [textOf('Open on {{ time.opens_date }} at {{ time.opens_time }}')] },
    );
    const rules = [closed, rule('open', { hours: 'open' })];
    const saturday = await run({}, { rules, hours });
    expect(saturday.replies).toEqual([[textOf('Open on 2026-11-23 at 09:00')]]);
    expect(matched(await run({}, { rules, hours }, '2026-11-23T10:00:00Z'))).toBe('open');
  });

  it('are tried by priority, then as written', async () => {
    const rules = [
      rule('low', { words: ['a'] }, { priority: -1 }),
      rule('first', { words: ['a'] }),
      rule('second', { words: ['a'] }),
      rule('high', { words: ['b'] }, { priority: 5 }),
    ];
    expect(matched(await run({ says: ['a'] }, { rules }))).toBe('first');
    expect(matched(await run({ says: ['a b'] }, { rules }))).toBe('high');
  });

  it('set fields of the contact, and route to a department', async () => {
    const routed = rule(
      'r',
      { words: ['bill'] },
      { set: { topic: 'billing' }, hand_over: true, department: 'billing' },
    );
    expect((await run({ says: ['my bill'] }, { rules: [routed] })).effects).toEqual([
      { kind: 'set-contact', fields: { topic: 'billing' } },
      { kind: 'hand-over', to: 'queue', reason: 'Rule r', department: 'billing' },
    ]);
  });
});

describe('a menu', () => {
  const menus = [
    Menu.parse({
      id: 'main',
      text: 'What is it about?',
      options: [
        { id: 'sales', label: 'Sales', reply: [textOf('Sales it is')] },
        { id: 'more', label: 'More', open_menu: 'other' },
      ],
    }),
    Menu.parse({
      id: 'other',
      text: 'And here?',
      options: [{ id: 'human', label: 'A human', hand_over: true, department: 'desk' }],
    }),
  ];
  const rules = [rule('menu', { words: ['menu'] }, { reply: [], open_menu: 'main' })];

  it('is opened, taken by number, label and slip, and leads on', async () => {
    const first = await run({ says: ['menu'] }, { rules, menus });
    expect(first.replies).toMatchObject([
      [{ type: 'choices', options: [{ id: 'menu/main/sales' }, { id: 'menu/main/more' }] }],
    ]);
    const parts = { state: first.state, hasReplies: true, sent: first.replies as Content[][] };
    for (const says of ['1', 'sales', 'slaes']) {
      expect((await run({ ...parts, says: [says] }, { rules, menus })).replies).toEqual([
        [textOf('Sales it is')],
      ]);
    }
    const second = await run({ ...parts, says: ['more'] }, { rules, menus });
    expect(second.replies).toMatchObject([[{ text: 'And here?' }]]);
    const last = await run({ state: second.state, hasReplies: true, says: ['a human'] }, { rules, menus });
    expect(last).toMatchObject({
      replies: [],
      effects: [{ kind: 'hand-over', reason: 'Menu other', department: 'desk' }],
    });
  });
});

describe('the fallback', () => {
  it('hands over once so many turns in a row had no answer', async () => {
    const definition = {
      fallback: [textOf('?')],
      fallback_hands_over_after: 2,
      rules: [rule('r', { words: ['hi'] })],
    };
    let state = {};
    const handed: boolean[] = [];
    for (const says of ['x', 'hi', 'x', 'x', 'x']) {
      const result = await run({ says: [says], state, hasReplies: true }, definition);
      state = result.state;
      handed.push(result.effects.length > 0);
    }
    expect(handed).toEqual([false, false, false, true, false]);
  });
});
