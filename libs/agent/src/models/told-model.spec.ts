import { describe, expect, it } from 'vitest';
import { playConversation } from '#libs/bot';
import { BotDefinition, TestConversation } from '#libs/model';
import { makeAgent } from '../agent.js';
import { portsOf } from '../testkit/scripted-model.js';
import { toldModel } from './told-model.js';

const definition = BotDefinition.parse({
  persona: { name: 'Ada' },
  fallback: [{ type: 'text', text: 'I do not know.' }],
  tools: [
    {
      name: 'orders.find',
      description: 'Finds an order',
      method: 'GET',
      url: 'https://shop.example/orders/{number}',
      input: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
    },
  ],
  agent: { models: [{ provider: 'installation' }], tools: [{ tool: 'orders.find' }] },
});

const conversation = TestConversation.parse({
  title: 'An order is looked up',
  tools: { 'orders.find': [{ value: { state: 'on its way' } }] },
  model: [{ calls: [{ tool: 'orders.find', input: { number: '1042' } }] }, { says: 'It is on its way.' }],
  steps: [
    {
      says: 'Where is 1042?',
      expect: { replies: ['on its way'], answered_by: 'agent', because: { tool: 'orders.find' } },
    },
    { says: 'And 7?', expect: { replies: ['I do not know.'], answered_by: 'fallback' } },
  ],
});

/** As an app composes it: nothing of the world can be reached. */
const play = (one: TestConversation) =>
  playConversation(definition, one, {
    behindIntents: ({ model = [] }, standIn) => {
      const clock = { now: () => 0, tick: () => 0 };
      const modelOf = toldModel(model, { answers: 0 });
      const { approvals, agent } = makeAgent(portsOf({ modelOf, standIn, clock }));
      return [approvals, agent];
    },
  });

describe('a test conversation with a scripted model', () => {
  it('runs the tools as they are scripted, calls nobody, and goes on behind the agent when the script ends', async () => {
    const played = await play(conversation);
    expect(played.steps.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('comes out the same each time, ids of calls too', async () => {
    expect(await play(conversation)).toEqual(await play(conversation));
  });

  it('says what the author of a reply had instead of what was expected', async () => {
    const played = await play({
      ...conversation,
      steps: [{ ...conversation.steps[0]!, expect: { because: { tool: 'orders.cancel', rule: 'x' } } }],
    });
    expect(played.steps[0]!.problems).toEqual([
      'has tool orders.find instead of orders.cancel',
      'has rule nothing instead of x',
    ]);
  });
});
