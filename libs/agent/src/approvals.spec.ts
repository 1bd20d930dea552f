import { describe, expect, it } from 'vitest';
import type { Content, JsonObject, Turn, TurnResult, TurnSignal } from '#libs/model';
import { calls, fails, portsOf, says, scripted, type Step } from './testkit/scripted-model.js';
import { agentDefinition, agentTurn, answerWith, textOf } from './testkit/turns.js';

const ticket = { kind: 'delivery', text: 'It is broken <img> [x](https://evil.example)' };
const definition = agentDefinition({ tools: [{ tool: 'create_ticket' }] });
const byOperator = agentDefinition({ tools: [{ tool: 'create_ticket', approval: 'operator' }] });

/** A conversation of several turns with one model. */
function conversation(steps: readonly Step[], bot = definition) {
  let nowMs = Date.UTC(2026, 10, 21);
  const clock = { now: () => nowMs, tick: () => nowMs };
  const { modelOf, asked } = scripted({ one: steps });
  const ran: JsonObject[] = [];
  const tools = {
    call: async ({ name, input, callId }: { name: string; input: JsonObject; callId: string }) => {
      ran.push({ name, input, callId });
      return { ok: true as const, value: { number: 'T-7' } };
    },
  };
  let state: JsonObject = {};
  const take = async (says: string | Content[], signals?: TurnSignal[]): Promise<TurnResult> => {
    const turn: Turn = agentTurn(bot, says);
    turn.conversation.state = state;
    const over = signals ? { ...turn, messages: [], signals } : turn;
    const result = await answerWith(portsOf({ modelOf, tools }), over, undefined, { clock });
    state = result.state;
    return result;
  };
  const pass = (ms: number): void => void (nowMs += ms);
  return { take, ran, asked, pass };
}
const optionsOf = ({ replies }: TurnResult): { id: string; label: string }[] =>
  replies.flat().flatMap((content) => (content.type === 'choices' ? content.options : []));

describe('a tool that the person must agree to', () => {
  it('runs after a yes, and the model says what came of it', async () => {
    const { take, ran, asked } = conversation([
      calls(['create_ticket', ticket]),
      says('Ticket T-7 is open.'),
    ]);
    const question = await take('My parcel is broken');
    expect(ran).toEqual([]);
    expect(textOf(question)).toContain('kind “delivery”');
    expect(textOf(question)).not.toMatch(/<img>|https:/);
    expect(optionsOf(question).map(({ label }) => label)).toEqual(['Yes, please', 'No']);
    const done = await take([
      { type: 'choice_taken', option_id: optionsOf(question)[0]!.id, label: 'Yes, please' },
    ]);
    expect(ran).toMatchObject([{ name: 'tickets.create', input: { ...ticket, email: 'ada@home.example' } }]);
    expect(textOf(done)).toBe('Ticket T-7 is open.');
    expect(JSON.stringify(asked('one')[1]?.prompt)).toContain('T-7');
  });

  it.each(['1', 'Yes, please', 'yes please', 'OK', 'Ja, bitte!'])('takes “%s” for a yes', async (text) => {
    const { take, ran } = conversation([calls(['create_ticket', ticket]), says('Done.')]);
    await take('My parcel is broken');
    await take(text);
    expect(ran).toHaveLength(1);
  });

  it.each(['2', 'No', 'no thanks', 'nein'])('takes “%s” for a no', async (text) => {
    const { take, ran, asked } = conversation([calls(['create_ticket', ticket])]);
    await take('My parcel is broken');
    expect(textOf(await take(text))).toBe('All right, I have not done it.');
    expect(ran).toEqual([]);
    expect(asked('one')).toHaveLength(1);
  });

  it('does not run because of a yes to something else, nor twice', async () => {
    const { take, ran } = conversation([
      calls(['create_ticket', ticket]),
      says('Shall I tell you a joke?'),
      says('Here it is.'),
      says('Already done.'),
    ]);
    const question = await take('My parcel is broken');
    const yes = optionsOf(question)[0]!;
    await take('What time is it?');
    await take('yes');
    expect(ran).toEqual([]);
    await take([{ type: 'choice_taken', option_id: yes.id, label: yes.label }]);
    await take([{ type: 'choice_taken', option_id: yes.id, label: yes.label }]);
    expect(ran).toHaveLength(1);
  });

  it('does not run by an option that is made up', async () => {
    const { take, ran } = conversation([calls(['create_ticket', ticket]), says('Well.')]);
    await take('My parcel is broken');
    await take([{ type: 'choice_taken', option_id: 'agent/other/yes', label: 'Yes' }]);
    expect(ran).toEqual([]);
  });

  it('says what came of it although the model is down by then', async () => {
    const { take, ran } = conversation([calls(['create_ticket', ticket]), fails]);
    await take('My parcel is broken');
    expect(textOf(await take('yes'))).toBe('Done.');
    expect(ran).toHaveLength(1);
  });
});

describe('a tool that an operator must agree to', () => {
  it('waits for the decision, which comes as a signal', async () => {
    const { take, ran } = conversation(
      [calls(['create_ticket', ticket]), says('Ticket T-7 is open.')],
      byOperator,
    );
    const asking = await take('My parcel is broken');
    const [effect] = asking.effects;
    expect(effect).toMatchObject({ kind: 'ask-operator', tool: 'create_ticket', input: ticket });
    expect(textOf(asking)).toContain('A colleague has to agree');
    expect(ran).toEqual([]);
    const callId = effect?.kind === 'ask-operator' ? effect.callId : '';
    const done = await take('', [{ kind: 'result', callId, ok: true, value: { approved: true } }]);
    expect(ran).toHaveLength(1);
    expect(textOf(done)).toBe('Ticket T-7 is open.');
  });

  it.each([
    ['refuses', { ok: true, value: { approved: false } }],
    ['is not there', { ok: false, code: 'expired' }],
    ['says something else', { ok: true, value: 'approved' }],
  ] as const)('does not run when the operator %s', async (_, decision) => {
    const { take, ran } = conversation([calls(['create_ticket', ticket])], byOperator);
    const [effect] = (await take('My parcel is broken')).effects;
    const callId = effect?.kind === 'ask-operator' ? effect.callId : '';
    const done = await take('', [{ kind: 'result', callId, ...decision }]);
    expect(ran).toEqual([]);
    expect(textOf(done)).toBe('A colleague has looked at it: we cannot do this.');
  });

  it('is not agreed to by the person, who says yes', async () => {
    const { take, ran } = conversation([calls(['create_ticket', ticket]), says('It waits.')], byOperator);
    await take('My parcel is broken');
    expect(textOf(await take('yes'))).toBe('It waits.');
    expect(ran).toEqual([]);
  });
});

describe('a tool that nobody decides about', () => {
  const dayMs = 86_400_000;

  it('does not run, and the person who was promised an answer gets one after a day', async () => {
    const { take, ran, pass } = conversation([calls(['create_ticket', ticket])], byOperator);
    const asking = await take('My parcel is broken');
    expect(asking.wakesAt).toBe('2026-11-22T00:00:00.000Z');
    const callId = asking.effects[0]?.kind === 'ask-operator' ? asking.effects[0].callId : '';
    pass(dayMs);
    const told = await take('', [{ kind: 'timer' }]);
    expect(textOf(told)).toBe('Nobody could decide about this in time, so it has not been done.');
    expect(told.wakesAt).toBeUndefined();
    // Whatever is decided afterwards is too late.
    await take('', [{ kind: 'result', callId, ok: true, value: { approved: true } }]);
    expect(ran).toEqual([]);
  });

  it('is not spoken of where the person was asked, or writes something else', async () => {
    const { take, ran, pass } = conversation([calls(['create_ticket', ticket]), says('Sunny.')]);
    const question = await take('My parcel is broken');
    pass(dayMs);
    expect((await take('', [{ kind: 'timer' }])).replies).toEqual([]);
    expect(textOf(await take('How is the weather?'))).toBe('Sunny.');
    const [yes] = optionsOf(question);
    await take([{ type: 'choice_taken', option_id: yes!.id, label: yes!.label }]);
    expect(ran).toEqual([]);
  });

  it('leaves no clock behind once somebody has decided', async () => {
    const { take } = conversation([calls(['create_ticket', ticket]), says('Done.')]);
    expect((await take('My parcel is broken')).wakesAt).toBeDefined();
    expect((await take('yes')).wakesAt).toBeUndefined();
  });
});
