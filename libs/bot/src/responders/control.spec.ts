import { describe, expect, it } from 'vitest';
import type { BotDefinition, JsonObject, TurnResult, TurnSignal } from '#libs/model';
import { botOf, textOf, turnOf } from '../../../../test/support/turns.js';
import { checkBot } from '../check/check-bot.js';
import { BotCore } from '../core.js';

/** A Saturday, 10:00 in Berlin, and a Monday at the same time. */
const [saturday, monday] = [Date.parse('2026-11-21T09:00:00Z'), Date.parse('2026-11-23T09:00:00Z')];
const definition = botOf({
  rules: [
    { id: 'say', when: { words: ['person'] }, reply: [textOf('I am passing you on.')], hand_over: true },
    { id: 'mute', when: { words: ['mute'] }, reply: [], hand_over: true },
    { id: 'flow', when: { words: ['flow'] }, reply: [], start_flow: 'help', hand_over: false },
  ],
  menus: [
    {
      id: 'instead',
      text: 'What else can I do?',
      style: 'quick_replies',
      options: [{ id: 'ticket', label: 'Open a ticket', reply: [textOf('A ticket.')], hand_over: false }],
    },
  ],
  flows: [
    {
      schema: 1,
      id: 'help',
      title: 'Help',
      start: 'over',
      digressions: 'allowed',
      nodes: {
        over: { type: 'hand_over', reason: 'Asked', next: 'back' },
        back: { type: 'say', content: [textOf('I am back.')] },
      },
    },
  ],
  hours: {
    time_zone: 'Europe/Berlin',
    weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' }],
  },
  handoff: {
    to: 'queue',
    hours: 'business',
    no_one: {
      reply: [textOf('Nobody is there{% unless time.is_open %} until {{ time.opens_time }}{% endunless %}.')],
      open_menu: 'instead',
    },
  },
  fallback: [textOf('What?')],
} as unknown as Partial<BotDefinition>);

const texts = ({ replies }: TurnResult): unknown[] =>
  replies.flat().map((content) => ('text' in content ? content.text : content.type));

function talkAt(nowMs: number, bot: BotDefinition = definition) {
  const core = new BotCore(undefined, { clock: { now: () => nowMs, tick: () => 0 } });
  let state: JsonObject = {};
  const run = async (turn: ReturnType<typeof turnOf>, signals?: readonly TurnSignal[]) => {
    const result = await core.answer({ ...turn, ...(signals && { signals }) });
    ({ state } = result);
    return result;
  };
  return {
    say: (text: string) => run(turnOf({ says: [text], definition: bot, state, hasReplies: true })),
    signal: (signal: TurnSignal) =>
      run(turnOf({ says: [], definition: bot, state, hasReplies: true }), [signal]),
  };
}

describe('a hand-over', () => {
  it('happens while somebody is there', async () => {
    const result = await talkAt(monday).say('a person please');
    expect(texts(result)).toEqual(['I am passing you on.']);
    expect(result.effects).toMatchObject([{ kind: 'hand-over' }]);
  });

  it.each(['a person please', 'mute', 'flow'])(
    'does not happen outside the hours, and the bot says what else there is: %s',
    async (said) => {
      const talk = talkAt(saturday);
      const result = await talk.say(said);
      expect(texts(result)).toEqual(['Nobody is there until 09:00.', 'What else can I do?']);
      expect(result.effects).toEqual([]);
      // The conversation is still the bot's, the flow that wanted a person has ended, and the menu is open.
      expect(texts(await talk.say('open a ticket'))).toEqual(['A ticket.']);
      expect(texts(await talk.signal({ kind: 'owner' }))).toEqual([]);
      expect(texts(await talk.say('hm?'))).toEqual(['What?']);
    },
  );

  it('that nobody took comes back with what is said then, and its flow has ended', async () => {
    const talk = talkAt(monday);
    expect((await talk.say('flow')).effects).toMatchObject([{ kind: 'hand-over' }]);
    const back = await talk.signal({ kind: 'owner', unanswered: true });
    expect(texts(back)).toEqual(['Nobody is there.', 'What else can I do?']);
    expect(texts(await talk.signal({ kind: 'owner' }))).toEqual([]);
  });

  it('that somebody answered goes on where its flow stood', async () => {
    const talk = talkAt(monday);
    await talk.say('flow');
    expect(texts(await talk.signal({ kind: 'owner' }))).toEqual(['I am back.']);
  });

  it('is checked: its menu, its hours, and its words where nobody may be there', () => {
    const problemsOf = (handoff: unknown, more = {}) => {
      const check = checkBot({ persona: { name: 'A' }, handoff, ...more });
      return check.ok ? [] : check.problems.map(({ pointer, code }) => `${pointer} ${code}`);
    };
    const no_one = { reply: [{ type: 'text', text: 'x' }], open_menu: 'm' };
    expect(problemsOf({ hours: 'business', no_one })).toEqual([
      '/handoff/no_one/open_menu missing-menu',
      '/handoff/hours missing-hours',
    ]);
    expect(problemsOf({ hours: 'business' })).toEqual(['/handoff/no_one custom']);
    expect(problemsOf({ wait_s: 60 })).toEqual(['/handoff/no_one custom']);
    expect(problemsOf({ to: 'desk' })).toEqual([]);
  });
});
