import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Contents, Flow, plainTextOf, type FlowNode } from '#libs/model';
import { flowLimits, stepFlow } from './interpreter.js';
import { RunState } from './run-state.js';
import type { FlowEvent, FlowStep, FlowWorld } from './step.js';

const text = (said: string): unknown => [{ type: 'text', text: said }];
const flowOf = (id: string, nodes: object, more: object = {}): Flow =>
  Flow.parse({ schema: 1, id, title: id, start: 'a', nodes, ...more });
const worldOf = (flows: readonly Flow[], nowMs = 0): FlowWorld => ({
  flows: new Map(flows.map((flow) => [flow.id, flow])),
  nowMs,
  scope: {
    contact: { name: 'Ann', attributes: { city: 'Rome' } },
    conversation: {},
    message: {},
    time: {},
    channel: {},
  },
  answers: { today: '2026-11-21', languages: ['en'] },
  words: { retry: 'Sorry?', cancelled: 'Stopped.', givenUp: 'I give up.' },
});
const start: FlowEvent = { kind: 'start', flow: 'f', runId: 'c.1', fields: {} };
const says = (said: string): FlowEvent => ({
  kind: 'said',
  said: { text: said, content: [{ type: 'text', text: said }], optionId: null },
});
const spoken = ({ said }: FlowStep): string[] => said.map((contents) => contents.map(plainTextOf).join(' '));

/** Runs events one after the other. @returns the last step */
function play(flows: readonly Flow[], ...events: (FlowEvent | [FlowEvent, number])[]): FlowStep {
  let step = stepFlow(null, start, worldOf(flows));
  for (const each of events) {
    const [event, nowMs] = Array.isArray(each) ? each : [each, 0];
    step = stepFlow(step.run, event, worldOf(flows, nowMs));
  }
  return step;
}

describe('a flow', () => {
  const lead = flowOf(
    'f',
    {
      a: { type: 'say', content: text('Hi {{ contact.name }}'), next: 'mail' },
      mail: {
        type: 'ask',
        text: 'Your e-mail?',
        into: 'mail',
        expect: { kind: 'email' },
        tries: 2,
        next: 'size',
      },
      size: {
        type: 'ask',
        text: 'How many?',
        into: 'size',
        expect: {
          kind: 'choice',
          options: [
            { id: 'few', label: 'A few' },
            { id: 'many', label: 'Many', next: 'big' },
          ],
        },
        next: 'done',
      },
      big: { type: 'set', values: { score: '50 + 1' }, contact: ['score', 'mail'], next: 'done' },
      done: { type: 'goal', goal: 'lead', data: { mail: 'fields.mail' } },
    },
    { cancel: { words: ['stop', 'never mind'] } },
  );

  it('says, asks, branches by an option, sets and reaches its goal', () => {
    expect(spoken(play([lead]))).toEqual(['Hi Ann', 'Your e-mail?']);
    expect(play([lead], says('it is ann@example.org')).said).toMatchObject([
      [{ type: 'choices', options: [{ id: 'flow/f/size/few' }, { id: 'flow/f/size/many' }] }],
    ]);
    const end = play([lead], says('ann@example.org'), says('many'));
    expect(end).toMatchObject({
      run: null,
      end: 'done',
      effects: [
        { kind: 'set-contact', fields: { score: 51, mail: 'ann@example.org' } },
        { kind: 'goal', goal: 'lead', data: { mail: 'ann@example.org' } },
      ],
    });
  });

  it('leaves an answer it does not understand to others, then asks again, then gives up', () => {
    const unclear = play([lead], says('what are your hours?'));
    expect(unclear).toMatchObject({ taken: false, said: [], end: null });
    expect(spoken(play([lead], { kind: 'misunderstood' }))).toEqual(['Sorry?\n\nYour e-mail?']);
    const end = play([lead], { kind: 'misunderstood' }, { kind: 'misunderstood' });
    expect(end).toMatchObject({ run: null, end: 'given-up', said: [text('I give up.')] });
  });

  it('ends when the person says nothing but one of its words for that', () => {
    expect(play([lead], says('Never mind!'))).toMatchObject({ end: 'cancelled', said: [text('Stopped.')] });
    expect(play([lead], says('never mind, ann@example.org'))).toMatchObject({ end: null, taken: true });
  });

  it('asks again behind a digression, without using up a try', () => {
    const again = play([lead], { kind: 'resumed' });
    expect(spoken(again)).toEqual(['Your e-mail?']);
    expect(again.run).toEqual(play([lead]).run);
  });

  it('does not ask for what is known', () => {
    const known = flowOf('f', {
      a: { type: 'ask', text: '?', into: 'city', expect: { kind: 'text' }, skip_when_known: true, next: 'b' },
      b: { type: 'say', content: text('{{ fields.city }}') },
    });
    expect(spoken(play([known]))).toEqual(['Rome']);
  });
});

describe('a flow that waits', () => {
  const calls = flowOf('f', {
    a: {
      type: 'call',
      tool: 'orders',
      input: { id: '7' },
      into: 'order',
      timeout_s: 10,
      failed: 'sorry',
      next: 'b',
    },
    b: { type: 'say', content: text('It is {{ fields.order.state }}'), next: 'c' },
    c: { type: 'wait', seconds: 86_400, next: 'd' },
    d: { type: 'wait_event', event: 'paid', timeout_s: 60, into: 'paid', failed: 'sorry', next: 'e' },
    e: { type: 'hand_over', reason: 'check', next: 'back' },
    back: { type: 'say', content: text('Back') },
    sorry: { type: 'say', content: text('Sorry') },
  });
  const result: FlowEvent = { kind: 'result', callId: 'c.1.1', value: { state: 'paid' } };
  const day = 86_400_000;

  it('for a tool goes on with its result, once, and for nothing else', () => {
    const called = play([calls]);
    expect(called.effects).toEqual([
      { kind: 'call', what: 'tool', name: 'orders', callId: 'c.1.1', input: { id: 7 }, timeoutMs: 10_000 },
    ]);
    expect(spoken(play([calls], result))).toEqual(['It is paid']);
    expect(play([calls], result, result)).toMatchObject({ taken: false });
    expect(play([calls], { ...result, callId: 'c.9.1' }, says('hello'))).toMatchObject({ taken: false });
  });

  it('takes the other way when the tool fails or is late', () => {
    expect(spoken(play([calls], { kind: 'failed', callId: 'c.1.1', code: 'x' }))).toEqual(['Sorry']);
    expect(play([calls], [{ kind: 'tick' }, 9_999])).toMatchObject({ taken: false });
    expect(spoken(play([calls], [{ kind: 'tick' }, 10_000]))).toEqual(['Sorry']);
  });

  it('for days, an event and its owner goes on when they come', () => {
    expect(play([calls], result, [{ kind: 'tick' }, day - 1])).toMatchObject({ taken: false });
    const paid: [FlowEvent, number] = [{ kind: 'happened', name: 'paid', data: { by: 'card' } }, day + 1];
    const handed = play([calls], result, [{ kind: 'tick' }, day], paid);
    expect(handed).toMatchObject({ effects: [{ kind: 'hand-over', reason: 'check' }], end: null });
    expect(handed.run?.fields['paid']).toEqual({ by: 'card' });
    expect(spoken(play([calls], result, [{ kind: 'tick' }, day], paid, { kind: 'owned' }))).toEqual(['Back']);
    const late = play([calls], result, [{ kind: 'tick' }, day], [{ kind: 'tick' }, day + 60_000]);
    expect(spoken(late)).toEqual(['Sorry']);
  });

  it('stands in a state that survives JSON', () => {
    const { run } = play([calls], result);
    expect(RunState.parse(JSON.parse(JSON.stringify(run)))).toEqual(run);
  });
});

describe('a graph that cannot go on', () => {
  it('is given up', () => {
    const says = { type: 'say', content: text('x') };
    const endless = flowOf('f', { a: { ...says, next: 'b' }, b: { ...says, next: 'a' } });
    const step = play([endless]);
    expect(step).toMatchObject({ end: 'given-up', run: null });
    expect(step.said.length).toBeLessThanOrEqual(flowLimits.messages + 2);
    expect(play([flowOf('f', { a: { type: 'sub_flow', flow: 'f' } })])).toMatchObject({ end: 'given-up' });
    expect(play([flowOf('f', { a: { ...says, next: 'z' } })])).toMatchObject({ end: 'given-up' });
    expect(play([])).toMatchObject({ end: 'given-up' });
    const doubling = flowOf('f', {
      a: { type: 'set', values: { x: 'string(time.x)' }, next: 'b' },
      b: {
        type: 'set',
        values: { x: '["0123456789", fields.x].map(y, string(y) + string(y))[0]' },
        next: 'a',
      },
    });
    expect(play([doubling])).toMatchObject({ end: 'given-up' });
  });

  it('sets fields all at once: the order of their names, which no database keeps, changes nothing', () => {
    const valuesOf = (values: Record<string, string>): unknown =>
      play([
        flowOf('f', {
          a: { type: 'set', values: { n: '1' }, next: 'b' },
          b: { type: 'set', values, next: 'c' },
          c: { type: 'goal', goal: 'g', data: { n: 'fields.n', m: 'fields.m' } },
        }),
      ]).effects;
    const goal = { kind: 'goal', goal: 'g', data: { n: 2, m: 10 } };
    expect(valuesOf({ n: 'fields.n + 1', m: 'fields.n * 10' })).toEqual([goal]);
    expect(valuesOf({ m: 'fields.n * 10', n: 'fields.n + 1' })).toEqual([goal]);
  });

  it('of which the waiting node is gone in the next version is given up as well', () => {
    const before = play([
      flowOf('f', { a: { type: 'ask', text: '?', into: 'x', expect: { kind: 'text' } } }),
    ]);
    const after = flowOf('f', { a: { type: 'sub_flow', flow: 'g' } });
    expect(stepFlow(before.run, says('y'), worldOf([]))).toMatchObject({ end: 'given-up' });
    expect(stepFlow(before.run, says('y'), worldOf([after]))).toMatchObject({ taken: false });
  });

  it('goes back to the flow that called it when a sub-flow ends', () => {
    const outer = flowOf('f', {
      a: { type: 'sub_flow', flow: 'g', next: 'b' },
      b: { type: 'say', content: text('out') },
    });
    const inner = flowOf('g', { a: { type: 'say', content: text('in') } });
    expect(spoken(play([outer, inner]))).toEqual(['in', 'out']);
  });
});

const ids = ['a', 'b', 'c', 'd', 'e'];
const id = fc.constantFrom(...ids, 'gone');
const next = fc.option(id, { nil: undefined });
const expressions = fc.constantFrom('1', 'fields.x + 1', 'fields.none', 'true', 'fields.x == "a"', '1 +');
const expected = fc.constantFrom(
  { kind: 'text' },
  { kind: 'email' },
  { kind: 'number', max: 5 },
  { kind: 'date', time: true },
  {
    kind: 'choice',
    options: [
      { id: 'o', label: 'One' },
      { id: 't', label: 'Two', next: 'b' },
    ],
  },
);
const node: fc.Arbitrary<FlowNode> = fc
  .oneof(
    fc.record({ type: fc.constant('say'), content: fc.constant(text('{{ fields.x }} x')), next }),
    fc.record({
      type: fc.constant('ask'),
      text: fc.constantFrom('?', '{{ fields.none }}', '{{'),
      into: fc.constant('x'),
      expect: expected,
      skip_when_known: fc.boolean(),
      next,
      failed: next,
    }),
    fc.record({
      type: fc.constant('branch'),
      cases: fc.array(fc.record({ when: expressions, next: id }), { minLength: 1, maxLength: 3 }),
      otherwise: next,
    }),
    fc.record({ type: fc.constant('set'), values: fc.record({ x: expressions }), next }),
    fc.record({
      type: fc.constant('call'),
      tool: fc.constant('t'),
      input: fc.record({ x: expressions }),
      next,
      failed: next,
    }),
    fc.record({ type: fc.constant('wait'), seconds: fc.constant(60), next }),
    fc.record({ type: fc.constant('wait_event'), event: fc.constant('e'), timeout_s: fc.constant(60), next }),
    fc.record({ type: fc.constant('hand_over'), reason: fc.constant('r'), next }),
    fc.record({ type: fc.constant('sub_flow'), flow: fc.constantFrom('f', 'g', 'gone'), next }),
    fc.record({ type: fc.constant('goal'), goal: fc.constant('g'), next }),
  )
  .map((made) => JSON.parse(JSON.stringify(made)) as FlowNode);
const graph = fc
  .dictionary(fc.constantFrom(...ids), node, { minKeys: 1, maxKeys: 5 })
  .map((nodes) => flowOf('f', nodes));
const event: fc.Arbitrary<FlowEvent> = fc.oneof(
  fc.string({ maxLength: 30 }).map(says),
  fc.constantFrom('one', '2', 'ann@example.org', '3', 'tomorrow 9:30').map(says),
  fc.constantFrom<FlowEvent>(
    { kind: 'misunderstood' },
    { kind: 'resumed' },
    { kind: 'happened', name: 'e', data: { a: 1 } },
    { kind: 'owned' },
    { kind: 'tick' },
    start,
  ),
  fc.nat(20).map((n): FlowEvent => ({ kind: 'result', callId: `c.1.${n}`, value: n })),
  fc.nat(20).map((n): FlowEvent => ({ kind: 'failed', callId: `c.1.${n}`, code: 'x' })),
);

describe('whatever the graph and the events', () => {
  it('a step never throws, is bounded, says valid content, and comes out the same again, also from JSON', () => {
    fc.assert(
      fc.property(graph, graph, fc.array(event, { maxLength: 8 }), (one, two, events) => {
        const flows = [one, { ...two, id: 'g' }];
        let run: RunState | null = null;
        for (const [index, each] of [start, ...events].entries()) {
          const world = worldOf(flows, index * 50_000);
          const step = stepFlow(run, each, world);
          expect(stepFlow(JSON.parse(JSON.stringify(run)) as RunState | null, each, world)).toEqual(step);
          expect(step.said.length).toBeLessThanOrEqual(flowLimits.messages + 3);
          expect((step.run?.steps ?? 0) - (run?.steps ?? 0)).toBeLessThanOrEqual(flowLimits.nodes + 1);
          for (const contents of step.said) expect(Contents.safeParse(contents).success).toBe(true);
          if (step.run) expect(RunState.parse(JSON.parse(JSON.stringify(step.run)))).toEqual(step.run);
          run = step.run;
        }
      }),
      { numRuns: 300 },
    );
  });
});
