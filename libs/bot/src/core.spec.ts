import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { content, contents, options } from '../../../test/support/arbitraries.js';
import { botOf, textOf, turnOf } from '../../../test/support/turns.js';
import { Contents, TraceStep, numberedOptions, type Content, type Option } from '#libs/model';
import { BotCore, answer, stateAfterSending, type Responder } from './index.js';
import { wordsOf } from './fold.js';

const core = new BotCore();
const choices = (offered: Option[]): Content => ({
  type: 'choices',
  text: 'Which?',
  style: 'buttons',
  options: offered,
});
const disclosure = 'I am automated.';

/** A label that reads as a number can mean another option's number; then neither is taken. */
const isNumeral = (label: string): boolean => /^\p{Nd}+$/u.test(wordsOf(label).join(' '));

/** A responder that says given content, and tells which option it was given. */
function asker(said: readonly Content[]): Responder & { seen: (string | undefined)[] } {
  const seen: (string | undefined)[] = [];
  return {
    name: 'asker',
    seen,
    respond: async (_turn, draft) => {
      seen.push(draft.choice?.optionId);
      return answer('Always', [said]);
    },
  };
}

describe('the bot core', () => {
  it('is silent while somebody else owns the conversation, and keeps what it knew', async () => {
    const state = stateAfterSending({ other: { a: 1 } }, [[choices([{ id: 'a', label: 'A' }])]]);
    for (const owner of ['queue', 'operator', 'desk'] as const) {
      const result = await core.answer(turnOf({ owner, state, definition: { fallback: [textOf('?')] } }));
      expect(result).toMatchObject({
        outcome: 'silent',
        replies: [],
        effects: [],
        state: { other: { a: 1 } },
      });
      expect(result.trace.at(-1)).toMatchObject({
        responder: 'control',
        decision: 'silenced',
        detail: { owner },
      });
    }
  });

  it('falls back to the content of the bot, and hands over where it says so', async () => {
    const result = await core.answer(
      turnOf({ definition: { fallback: [textOf('?')], fallback_hands_over: true } }),
    );
    expect(result).toMatchObject({ outcome: 'answered', replies: [[textOf('?')]] });
    expect(result.effects).toEqual([
      { kind: 'hand-over', to: 'queue', reason: 'No responder had an answer' },
    ]);
  });

  it('does not fall back where nobody has said anything', async () => {
    const definition = { fallback: [textOf('?')], fallback_hands_over: true };
    expect(await core.answer(turnOf({ says: [], definition }))).toMatchObject({
      outcome: 'silent',
      effects: [],
    });
  });

  it('is silent without a fallback, with the hand-over all the same', async () => {
    expect(await core.answer(turnOf())).toMatchObject({ outcome: 'silent', effects: [] });
    const result = await core.answer(turnOf({ definition: { fallback_hands_over: true } }));
    expect(result).toMatchObject({ outcome: 'silent', replies: [], effects: [{ kind: 'hand-over' }] });
  });

  it('says that it is automated at the head of its first message, and only there', async () => {
    const definition = {
      persona: { name: 'P', disclosure },
      fallback: [textOf('?')],
      greeting: [textOf('Hi')],
    };
    const first = await core.answer(turnOf({ definition }));
    expect(first.replies).toEqual([[textOf(disclosure), textOf('?')]]);
    const later = await core.answer(turnOf({ definition, state: first.state, hasReplies: true }));
    expect(later.replies).toEqual([[textOf('?')]]);
    expect(core.greet(botOf(definition))).toEqual([[textOf(disclosure), textOf('Hi')]]);
    expect(core.greet(botOf())).toEqual([]);
  });

  it('keeps every message valid, also one that is full before the disclosure', async () => {
    const full = Array.from({ length: 20 }, () => textOf('x'));
    const definition = { persona: { name: 'P', disclosure }, fallback: full };
    const { replies } = await core.answer(turnOf({ definition }));
    expect(replies).toEqual([[textOf(disclosure)], full]);
    for (const reply of replies) expect(Contents.safeParse(reply).success).toBe(true);
  });

  it('says the same to the same turn', async () => {
    const clock = { now: () => 0, tick: () => 0 };
    const still = new BotCore(undefined, { clock });
    const turn = turnOf({ says: ['a', 'b'], definition: { fallback: [textOf('?')] } });
    expect(await still.answer(turn)).toEqual(await still.answer(turn));
  });

  it('gives a state that survives JSON, whatever it has sent', async () => {
    await fc.assert(
      fc.asyncProperty(contents(), async (said) => {
        const { state } = await new BotCore([asker(said)]).answer(turnOf());
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
      { numRuns: 50 },
    );
  });

  it('begins anew on a state that it cannot read', async () => {
    for (const core of [null, 7, 'x', [], { turns: -1 }, { turns: 0, questions: [{}] }]) {
      const state = { core, rules: 'x', other: { kept: true } };
      const result = await new BotCore().answer(turnOf({ state, definition: { fallback: [textOf('?')] } }));
      expect(result.state).toEqual({
        core: { turns: 1, questions: [], ran: expect.anything() },
        other: { kept: true },
      });
    }
  });
});

describe('a choice', () => {
  it('is never lost, whatever kind of content offered it', async () => {
    const offering = fc.oneof(content('choices'), content('card'), content('carousel'), content('list'));
    await fc.assert(
      fc.asyncProperty(fc.array(offering, { minLength: 1, maxLength: 3 }), async (said) => {
        const numbered = numberedOptions(said);
        fc.pre(numbered.every(({ option }) => !isNumeral(option.label)));
        const responder = asker(said);
        const asking = new BotCore([responder]);
        const { state } = await asking.answer(turnOf());
        for (const { number } of numbered)
          await asking.answer(turnOf({ says: [`${number}`], state, hasReplies: true }));
        expect(responder.seen.slice(1)).toEqual(numbered.map(({ option }) => option.id));
      }),
      { numRuns: 50 },
    );
  });

  it('is understood when it was pressed, also one of long ago', async () => {
    const responder = asker([textOf('ok')]);
    const pressed: Content[] = [{ type: 'choice_taken', option_id: 'old', label: 'Old' }];
    const { trace } = await new BotCore([responder]).answer(turnOf({ says: [pressed] }));
    expect(responder.seen).toEqual(['old']);
    expect(trace[0]?.detail).toEqual({ messages: 1, choice_via: 'pressed', question_age: null });
  });

  it('of the last three questions is open, of an older one no more', async () => {
    const responder = asker([textOf('ok')]);
    const asking = new BotCore([responder]);
    const ask = (name: string): Content[] => [choices([{ id: name, label: name }])];
    const state = ['first', 'second', 'third', 'fourth'].reduce(
      (before, name) => stateAfterSending(before, [ask(name)]),
      {},
    );
    for (const name of ['fourth', 'third', 'second', 'first'])
      await asking.answer(turnOf({ says: [name], state }));
    expect(responder.seen).toEqual(['fourth', 'third', 'second', undefined]);
  });

  it('is found in the history when others asked: a greeting, an operator, the API', async () => {
    await fc.assert(
      fc.asyncProperty(options(1, 8), async (offered) => {
        fc.pre(offered.every((option) => !isNumeral(option.label)));
        const responder = asker([textOf('ok')]);
        const asking = new BotCore([responder]);
        const state = stateAfterSending({}, [[choices([{ id: 'stale', label: 'Stale' }])]]);
        const parts = { sent: [[choices(offered)]], hasReplies: true };
        await asking.answer(turnOf({ ...parts, says: ['1'] }));
        await asking.answer(turnOf({ ...parts, says: ['1'], state }));
        expect(responder.seen).toEqual([offered[0]?.id, offered[0]?.id]);
      }),
      { numRuns: 20 },
    );
  });

  it('of a list too long for the state is found in the history', async () => {
    const long = Array.from({ length: 3 }, (_, section) => ({
      options: Array.from({ length: 90 }, (_, row) => ({
        id: `${section}-${row}`,
        label: `Place ${section} ${row} of it`,
      })),
    }));
    const list: Content[] = [{ type: 'list', text: 'Where?', button: 'Show', sections: long }];
    const responder = asker(list);
    const asking = new BotCore([responder]);
    const { state } = await asking.answer(turnOf());
    expect(JSON.stringify(state).length).toBeLessThan(10_000);
    const parts = { state, sent: [list], hasReplies: true };
    for (const says of ['260', 'place 2 79 of it']) await asking.answer(turnOf({ ...parts, says: [says] }));
    expect(responder.seen.slice(1)).toEqual(['2-79', '2-79']);
  });
});

describe('the trace', () => {
  it('is valid, in the order of the row, and holds nothing of what was said', async () => {
    const secret = fc.stringMatching(/^[qzx]{9,20}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(secret, { minLength: 1, maxLength: 3 }), async (says) => {
        const definition = { fallback: [textOf('?')], persona: { name: 'P', disclosure } };
        const { trace } = await core.answer(turnOf({ says, definition }));
        for (const step of trace) expect(TraceStep.parse(step)).toEqual(step);
        expect(trace.map(({ responder }) => responder)).toEqual([
          'core',
          'control',
          'guard',
          'flows',
          'rules',
          'intents',
          'fallback',
          'core',
        ]);
        for (const said of says) expect(JSON.stringify(trace)).not.toContain(said);
      }),
      { numRuns: 30 },
    );
  });

  it('says what each step took by the clock it was given', async () => {
    let now = 0;
    const clock = { now: () => 0, tick: () => (now += 2.5) };
    const { trace } = await new BotCore(undefined, { clock }).answer(turnOf());
    expect(trace.map((step) => step.took_ms)).toEqual([2.5, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5]);
  });
});
