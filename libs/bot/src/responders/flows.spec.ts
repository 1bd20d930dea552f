import { describe, expect, it } from 'vitest';
import { botOf, textOf, turnOf, type TurnParts } from '../../../../test/support/turns.js';
import {
  plainTextOf,
  type BotDefinition,
  type JsonObject,
  type TurnResult,
  type TurnSignal,
} from '#libs/model';
import { BotCore } from '../core.js';
import { FlowRunner } from '../flows/runner.js';
import type { FlowTools } from '../flows/tools.js';
import { control } from './control.js';
import { fallback } from './fallback.js';
import { makeFlows } from './flows.js';
import { makeRules } from './rules.js';

const definition: Partial<BotDefinition> = botOf({
  rules: [
    { id: 'lead', when: { words: ['quote'] }, start_flow: 'lead' },
    { id: 'hours', when: { words: ['hours'] }, reply: [textOf('9 to 5')] },
    { id: 'order', when: { words: ['order'] }, start_flow: 'order' },
    { id: 'pair', when: { words: ['pair'] }, start_flow: 'pair' },
    { id: 'menu', when: { words: ['menu'] }, open_menu: 'main' },
    { id: 'nap', when: { words: ['nap'] }, start_flow: 'nap' },
    { id: 'check', when: { words: ['check'] }, start_flow: 'check-in' },
    { id: 'person', when: { words: ['person'] }, reply: [textOf('A person comes')], hand_over: true },
  ],
  fallback: [textOf('What?')],
  menus: [
    { id: 'main', text: 'Which?', options: [{ id: 'a', label: 'About us', reply: [textOf('We are us')] }] },
  ],
  flows: [
    {
      schema: 1,
      id: 'pair',
      title: 'Two questions with the same options',
      start: 'one',
      nodes: {
        one: {
          type: 'ask',
          text: 'One?',
          into: 'one',
          expect: {
            kind: 'choice',
            options: [
              { id: 'y', label: 'Yes' },
              { id: 'n', label: 'No' },
            ],
          },
          next: 'two',
        },
        two: {
          type: 'ask',
          text: 'Two?',
          into: 'two',
          expect: {
            kind: 'choice',
            options: [
              { id: 'y', label: 'Yes' },
              { id: 'n', label: 'No' },
            ],
          },
        },
      },
    },
    {
      schema: 1,
      id: 'check-in',
      title: 'Asks by itself',
      start: 'wait',
      nodes: {
        wait: { type: 'wait', seconds: 60, next: 'how' },
        how: { type: 'ask', text: 'How was it?', into: 'how', expect: { kind: 'text' }, next: 'end' },
        end: { type: 'say', content: [textOf('Noted: {{ fields.how }}')] },
      },
    },
    {
      schema: 1,
      id: 'lead',
      title: 'Lead',
      start: 'name',
      cancel: { words: ['stop'] },
      nodes: {
        name: { type: 'ask', text: 'Your name?', into: 'name', expect: { kind: 'text' }, next: 'mail' },
        mail: { type: 'ask', text: 'Your e-mail?', into: 'mail', expect: { kind: 'email' }, next: 'end' },
        end: { type: 'say', content: [textOf('Thanks, {{ fields.name }}')] },
      },
    },
    {
      schema: 1,
      id: 'order',
      title: 'Order',
      start: 'look',
      nodes: {
        look: { type: 'call', tool: 'orders', into: 'found', timeout_s: 60, next: 'say', failed: 'sorry' },
        say: { type: 'say', content: [textOf('It is {{ fields.found }}')] },
        sorry: { type: 'say', content: [textOf('No idea')] },
      },
    },
    {
      schema: 1,
      id: 'nap',
      title: 'Nap',
      start: 'wait',
      nodes: {
        wait: { type: 'wait', seconds: 3 * 86_400, next: 'say' },
        say: { type: 'say', content: [textOf('Still there?')] },
      },
    },
  ],
} as unknown as Partial<BotDefinition>);

/** A conversation with one bot, on any number of workers: only the state goes from turn to turn. */
class Talk {
  state: JsonObject = {};
  now = Date.parse('2026-11-21T09:00:00Z');
  last: TurnResult | undefined;

  constructor(private readonly tools?: FlowTools) {}

  async turn(parts: TurnParts, signals: readonly TurnSignal[] = []): Promise<string[]> {
    const runner = new FlowRunner(this.tools);
    const clock = { now: () => this.now, tick: () => 0 };
    const core = new BotCore([control, makeFlows(runner), makeRules(runner), fallback], { clock });
    const turn = turnOf({ definition, state: this.state, hasReplies: true, ...parts });
    const result = await core.answer({ ...turn, signals });
    this.state = JSON.parse(JSON.stringify(result.state)) as JsonObject;
    this.last = result;
    return result.replies.map((reply) => reply.map(plainTextOf).join(' '));
  }

  say(...says: string[]): Promise<string[]> {
    return this.turn({ says });
  }

  signal(...signals: TurnSignal[]): Promise<string[]> {
    return this.turn({ says: [] }, signals);
  }
}

describe('a flow in a conversation', () => {
  it('is begun by a rule, goes on over turns, and leaves nothing but its count', async () => {
    const talk = new Talk();
    expect(await talk.say('a quote please')).toEqual(['Your name?']);
    expect(await talk.say('Ann')).toEqual(['Your e-mail?']);
    expect(await talk.say('ann@example.org')).toEqual(['Thanks, Ann']);
    expect(talk.state['flows']).toEqual({ runs: 1, active: null, suspended: [], digressing: false });
    expect(await talk.say('hello')).toEqual(['What?']);
  });

  it('returns to its question behind the answer of another responder', async () => {
    const talk = new Talk();
    await talk.say('quote');
    await talk.say('Ann');
    expect(await talk.say('what are your hours?')).toEqual(['9 to 5', 'Your e-mail?']);
    expect(talk.last?.trace.map(({ responder }) => responder)).toContain('rules');
    expect(await talk.say('ann@example.org')).toEqual(['Thanks, Ann']);
  });

  it('does not take a question of the person for a name', async () => {
    const talk = new Talk();
    await talk.say('quote');
    expect(await talk.say('What are your hours?')).toEqual(['9 to 5', 'Your name?']);
    expect(await talk.say('Mr Hours')).toEqual(['Your e-mail?']);
  });

  it('asks again itself when nobody else has an answer, and can be stopped', async () => {
    const talk = new Talk();
    await talk.say('quote');
    await talk.say('Ann');
    expect(await talk.say('blah')).toEqual(['Sorry, I did not understand that.\n\nYour e-mail?']);
    expect(await talk.say('stop')).toEqual(['All right, I stopped here.']);
    expect(await talk.say('ann@example.org')).toEqual(['What?']);
  });

  it('is not asked again behind a hand-over', async () => {
    const talk = new Talk();
    await talk.say('quote');
    await talk.say('Ann');
    expect(await talk.say('a person please')).toEqual(['A person comes']);
    expect(talk.last?.effects).toEqual([{ kind: 'hand-over', to: 'queue', reason: 'Rule person' }]);
  });

  it('takes from a burst what can only be the next answer', async () => {
    const talk = new Talk();
    await talk.say('quote');
    expect(await talk.say('Ann', 'ann@example.org')).toEqual(['Thanks, Ann']);
    const other = new Talk();
    await other.say('quote');
    expect(await other.say('Ann', 'Miller')).toEqual(['Your e-mail?']);
  });

  it('does not take the button of an older question, nor that of a menu, for its answer', async () => {
    const talk = new Talk();
    await talk.say('pair');
    const press = (id: string, label: string): Promise<string[]> =>
      talk.turn({ says: [[{ type: 'choice_taken', option_id: id, label }]] });
    expect(await press('flow/pair/one/y', 'Yes')).toEqual(['Two?']);
    expect(await press('flow/pair/one/y', 'Yes')).toEqual(['Sorry, I did not understand that.\n\nTwo?']);
    expect(await talk.say('yes')).toEqual([]);
    await talk.say('quote');
    expect(await press('menu/main/a', 'About us')).toEqual(['We are us', 'Your name?']);
  });

  it('does not take a message for the answer to a question that nobody has seen', async () => {
    const talk = new Talk();
    await talk.say('check');
    talk.now += 60_000;
    expect(await talk.turn({ says: ['hello again'] }, [{ kind: 'timer' }])).toEqual(['How was it?']);
    expect(await talk.say('good')).toEqual(['Noted: good']);
  });

  it('interrupted by another flow goes on when that ends', async () => {
    const talk = new Talk({ call: async () => ({ ok: true, value: 'on its way' }) });
    await talk.say('quote');
    await talk.say('Ann');
    expect(await talk.say('where is my order?')).toEqual(['It is on its way', 'Your e-mail?']);
    expect(await talk.say('ann@example.org')).toEqual(['Thanks, Ann']);
  });
});

describe('a flow that waits', () => {
  it('for a job leaves the call as an effect, and takes its outcome as a signal, once', async () => {
    const talk = new Talk();
    expect(await talk.say('my order')).toEqual([]);
    const [call] = talk.last?.effects ?? [];
    expect(call).toMatchObject({ kind: 'call', what: 'tool', name: 'orders', timeoutMs: 60_000 });
    const callId = call?.kind === 'call' ? call.callId : '';
    expect(await talk.say('hours?')).toEqual(['9 to 5']);
    const result: TurnSignal = { kind: 'result', callId, ok: true, value: 'packed' };
    expect(await talk.signal(result)).toEqual(['It is packed']);
    expect(await talk.signal(result)).toEqual([]);
  });

  it('asks to be woken, days later, and is woken once', async () => {
    const talk = new Talk();
    await talk.say('nap');
    expect(talk.last?.wakesAt).toBe('2026-11-24T09:00:00.000Z');
    await talk.say('hours?');
    expect(talk.last?.wakesAt).toBe('2026-11-24T09:00:00.000Z');
    talk.now = Date.parse('2026-11-24T09:00:00Z');
    expect(await talk.turn({ says: [], owner: 'operator' }, [{ kind: 'timer' }])).toEqual([]);
    expect(talk.last?.wakesAt).toBeUndefined();
    expect(await talk.signal({ kind: 'owner' })).toEqual(['Still there?']);
    expect(talk.last?.wakesAt).toBeUndefined();
  });

  it('for a tool that is late takes the other way', async () => {
    const talk = new Talk();
    await talk.say('order');
    talk.now += 60_000;
    expect(await talk.signal({ kind: 'timer' })).toEqual(['No idea']);
  });
});
