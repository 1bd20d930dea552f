import { describe, expect, it } from 'vitest';
import { textOf, turnOf } from '../../../test/support/turns.js';
import { fault } from '#libs/faults';
import { TraceStep } from '#libs/model';
import { BotCore, TurnFailure, answer, pass, silence, type Responder, type TurnContext } from './index.js';

const says = (name: string, text: string, extra: Partial<Responder> = {}): Responder => ({
  name,
  respond: async () => answer('Always', [[textOf(text)]]),
  ...extra,
});
const passes = (name: string, work: (draft: TurnContext) => void = () => {}): Responder => ({
  name,
  respond: async (_turn, draft) => {
    work(draft);
    return pass('Nothing to say');
  },
});
const handOver = { kind: 'hand-over', to: 'queue', reason: 'r' } as const;
const failureOf = async (row: Responder[], parts = {}): Promise<TurnFailure> => {
  const thrown: unknown = await new BotCore(row).answer(turnOf(parts)).catch((error: unknown) => error);
  if (thrown instanceof TurnFailure) return thrown;
  throw fault('internal/bug', { cause: thrown });
};

describe('the row', () => {
  it('asks one after the other until somebody answers', async () => {
    const { replies, trace } = await new BotCore([passes('a'), says('b', 'B'), says('c', 'C')]).answer(
      turnOf(),
    );
    expect(replies).toEqual([[textOf('B')]]);
    expect(trace.map((step) => `${step.responder} ${step.decision}`)).toEqual([
      'core noted',
      'a passed',
      'b answered',
    ]);
  });

  it('ends in silence where somebody silences, with what was emitted', async () => {
    const guard: Responder = {
      name: 'guard',
      respond: async (_turn, draft) => {
        draft.emit(handOver);
        return silence('Not a topic');
      },
    };
    const result = await new BotCore([guard, says('b', 'B')]).answer(turnOf());
    expect(result).toMatchObject({ outcome: 'silent', replies: [], effects: [handOver] });
  });

  it.each([['core'], ['Upper'], ['a b'], [''], ['__proto__']])('refuses a responder named “%s”', (name) => {
    expect(() => new BotCore([passes(name)])).toThrow('internal/bug');
    expect(() => new BotCore([passes('a'), passes('a')])).toThrow('internal/bug');
  });

  it('shows those behind a guard what it makes of the turn', async () => {
    const redact: Responder = {
      name: 'redact',
      respond: async (turn) => {
        const messages = turn.messages.map((message) => ({ ...message, content: [textOf('[card]')] }));
        return { ...pass('Redacted'), view: { ...turn, messages } };
      },
    };
    const heard: string[] = [];
    await new BotCore([
      redact,
      passes('b', (draft) => heard.push(...draft.heard.map(({ text }) => text))),
    ]).answer(turnOf());
    expect(heard).toEqual(['[card]']);
  });
});

describe('state', () => {
  it('belongs to its responder, and stays while another row runs', async () => {
    const count = (name: string): Responder =>
      passes(name, (draft) => draft.state.set({ n: Number(draft.state.get()['n'] ?? 0) + 1 }));
    const first = await new BotCore([count('a'), count('b')]).answer(turnOf());
    const second = await new BotCore([count('b')]).answer(turnOf({ state: first.state }));
    expect(second.state).toMatchObject({ core: { turns: 2 }, a: { n: 1 }, b: { n: 2 } });
    const third = await new BotCore([passes('a', (draft) => draft.state.set({}))]).answer(
      turnOf({ state: second.state }),
    );
    expect(Object.keys(third.state)).toEqual(['core', 'b']);
  });

  it('is not changed through what was read or given', async () => {
    const mine = { list: [1] };
    const row = passes('a', (draft) => {
      draft.state.set(mine);
      mine.list.push(2);
      Object.assign(draft.state.get(), { x: 1 });
    });
    expect((await new BotCore([row]).answer(turnOf())).state['a']).toEqual({ list: [1] });
  });
});

describe('a review', () => {
  const reviewer = (name: string, review: NonNullable<Responder['review']>): Responder => ({
    ...passes(name),
    review,
  });

  it('can keep or replace a reply, and sees the effects that come with it', async () => {
    const seen: unknown[] = [];
    const row = [
      reviewer('tone', async () => ({ decision: 'replaced', reason: 'Too loud', replies: [[textOf('b')]] })),
      reviewer('length', async (_turn, draft, replies) => {
        seen.push(replies, draft.effects);
        return { decision: 'kept', reason: 'Short enough' };
      }),
      says('a', 'B!'),
    ];
    row[2]!.respond = async (_turn, draft) => {
      draft.emit(handOver);
      return answer('Always', [[textOf('B!')]]);
    };
    const result = await new BotCore(row).answer(turnOf());
    expect(result).toMatchObject({ replies: [[textOf('b')]], effects: [handOver] });
    expect(seen).toEqual([[[textOf('b')]], [handOver]]);
    expect(result.trace.slice(-2).map(({ responder, decision }) => [responder, decision])).toEqual([
      ['tone', 'answered'],
      ['length', 'passed'],
    ]);
  });

  it('that refuses drops the reply with its effects and state, and the row goes on', async () => {
    const guard = reviewer('guard', async (_turn, _draft, replies) =>
      JSON.stringify(replies).includes('bad')
        ? { decision: 'refused', reason: 'Forbidden claim' }
        : { decision: 'kept', reason: 'Fine' },
    );
    const bad: Responder = {
      name: 'bad',
      respond: async (_turn, draft) => {
        draft.emit(handOver);
        draft.state.set({ was: 'here' });
        return answer('Always', [[textOf('bad')]]);
      },
    };
    const result = await new BotCore([guard, bad, says('good', 'fine')]).answer(turnOf());
    expect(result).toMatchObject({ replies: [[textOf('fine')]], effects: [] });
    expect(result.state).not.toHaveProperty('bad');
  });

  it('cannot take the disclosure away', async () => {
    const definition = { persona: { name: 'P', disclosure: 'Automated.' } };
    const row = [
      reviewer('r', async () => ({ decision: 'replaced', reason: 'x', replies: [[textOf('b')]] })),
      says('a', 'A'),
    ];
    const { replies } = await new BotCore(row).answer(turnOf({ definition }));
    expect(replies).toEqual([[textOf('Automated.'), textOf('b')]]);
  });
});

describe('a turn fails', () => {
  it('when a responder throws, with the trace so far and without what was thrown', async () => {
    const failure = await failureOf([
      passes('a'),
      passes('b', () => {
        throw new TypeError('cannot read “my secret words”');
      }),
    ]);
    expect(failure.code).toBe('internal/bug');
    expect(failure.trace.map((step) => `${step.responder} ${step.decision}`)).toEqual([
      'core noted',
      'a passed',
      'b failed',
    ]);
    for (const step of failure.trace) expect(TraceStep.parse(step)).toEqual(step);
    expect(JSON.stringify([failure.trace, failure.detail])).not.toContain('secret');
  });

  it('with the code and the time to wait of a fault', async () => {
    const failure = await failureOf([
      passes('b', () => {
        throw fault('state/unavailable', { retryAfterMs: 500 });
      }),
    ]);
    expect(failure).toMatchObject({ code: 'state/unavailable', retry: 'later', retryAfterMs: 500 });
  });

  it.each([
    ['no piece', [[]]],
    ['a piece that nobody knows', [[{ type: 'html', html: '<b>' }]]],
    ['a text without end', [[textOf('x'.repeat(1_000_000))]]],
    ['a hundred messages', Array.from({ length: 100 }, () => [textOf('x')])],
  ])('when a reply has %s', async (_, replies) => {
    const bad: Responder = { name: 'bad', respond: async () => answer('Always', replies as never) };
    const failure = await failureOf([bad]);
    expect(failure.trace.at(-1)).toMatchObject({ responder: 'bad', decision: 'failed' });
  });

  it('when its time runs out, without waiting for the responder, which can do nothing any more', async () => {
    const controller = new AbortController();
    let late: TurnContext | undefined;
    const slow: Responder = {
      name: 'slow',
      respond: (_turn, draft) => {
        late = draft;
        controller.abort();
        return new Promise(() => {});
      },
    };
    const failure = await failureOf([slow], { signal: controller.signal });
    expect(failure.code).toBe('state/bot-timeout');
    expect(failure.trace.at(-1)).toMatchObject({ responder: 'slow', decision: 'failed' });
    const steps = failure.trace.length;
    late?.note('late');
    late?.emit(handOver);
    expect(late?.budget.spend({ tokens: 1 })).toBe(true);
    expect([failure.trace.length, late?.effects, late?.budget.spent.tokens]).toEqual([steps, [], 0]);
  });

  it('with the reason of the abort when that is a fault', async () => {
    const signal = AbortSignal.abort(fault('state/fenced'));
    expect((await failureOf([says('a', 'A')], { signal })).code).toBe('state/fenced');
  });
});

describe('a long reply', () => {
  const talk = (text: string, ...deltas: string[]): Responder => ({
    name: 'talk',
    respond: async (_turn, draft) => {
      for (const delta of deltas) draft.delta(delta);
      return text === '' ? pass('Changed its mind') : answer('Always', [[textOf(text)]]);
    },
  });
  const run = async (row: Responder[]): Promise<string[]> => {
    const shown: string[] = [];
    const live = { delta: (text: string) => shown.push(text), reset: () => shown.push('reset') };
    await new BotCore(row).answer(turnOf(), live).catch(() => shown.push('failed'));
    return shown;
  };
  const keep: Responder['review'] = async () => ({ decision: 'kept', reason: 'Fine' });

  it('is shown while it is written', async () => {
    expect(await run([talk('ab', 'a', 'b')])).toEqual(['a', 'b']);
  });

  it('is taken back when its writer passes or fails, or a review changes it', async () => {
    expect(await run([talk('', 'a')])).toEqual(['a', 'reset']);
    const replace: Responder['review'] = async () => ({
      decision: 'replaced',
      reason: 'x',
      replies: [[textOf('z')]],
    });
    expect(await run([{ ...talk('a', 'a'), review: replace, allowsPreview: true }])).toEqual(['a', 'reset']);
    expect(await run([talk('x'.repeat(70_000), 'a')])).toEqual(['a', 'reset', 'failed']);
  });

  it('is shown to nobody as long as a reviewer does not allow it', async () => {
    expect(await run([{ ...passes('guard'), review: keep }, talk('a', 'a')])).toEqual([]);
    expect(await run([{ ...passes('guard'), review: keep, allowsPreview: true }, talk('a', 'a')])).toEqual([
      'a',
    ]);
  });

  it('without end is cut at the longest text', async () => {
    const shown = await run([talk('a', ...Array.from({ length: 100 }, () => 'x'.repeat(1_000)))]);
    expect(shown.join('').length).toBe(65_536);
  });
});

describe('the budget', () => {
  it('is shared by the row, and stands in the trace with whoever spent it', async () => {
    const within: boolean[] = [];
    const spend = (name: string): Responder =>
      passes(name, (draft) => within.push(draft.budget.spend({ tokens: 60, steps: 1 })));
    const { trace } = await new BotCore([spend('a'), spend('b')], { limits: { tokens: 100 } }).answer(
      turnOf(),
    );
    expect(within).toEqual([true, false]);
    expect(trace.slice(1).map(({ detail }) => detail)).toEqual([
      { tokens: 60, steps: 1 },
      { tokens: 60, steps: 1 },
    ]);
  });

  it('tells what is left', async () => {
    const left: unknown[] = [];
    const row = passes('a', (draft) => {
      draft.budget.spend({ moneyMicros: 300 });
      left.push(draft.budget.left);
    });
    await new BotCore([row], { limits: { moneyMicros: 1_000 } }).answer(turnOf());
    expect(left).toEqual([{ steps: Infinity, tokens: Infinity, moneyMicros: 700 }]);
  });
});

describe('a note', () => {
  it('stands before the line of its responder, cut to what a trace holds', async () => {
    const row = passes('tools', (draft) =>
      draft.note('x'.repeat(900), { tool: 'y'.repeat(900), ok: true }, 12.3456),
    );
    const { trace } = await new BotCore([row]).answer(turnOf());
    expect(trace.map(({ decision }) => decision)).toEqual(['noted', 'noted', 'passed']);
    expect(trace[1]).toMatchObject({ responder: 'tools', took_ms: 12.346, detail: { ok: true } });
    expect(TraceStep.parse(trace[1])).toEqual(trace[1]);
  });
});
