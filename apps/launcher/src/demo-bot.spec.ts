import { describe, expect, it } from 'vitest';
import { BotCore, checkBot, stateAfterSending } from '#libs/bot';
import {
  BotDefinition,
  newId,
  numberedOptions,
  type JsonObject,
  type Turn,
  type TurnResult,
} from '#libs/model';
import { demoBot } from './demo-bot.js';

const core = new BotCore();
const greeting = core.greet(demoBot);

async function write(said: string, state: JsonObject = stateAfterSending({}, greeting)): Promise<TurnResult> {
  const turn: Turn = {
    workspaceId: newId('workspace'),
    bot: { botId: newId('bot'), version: 1, definition: demoBot },
    conversation: {
      conversationId: newId('conversation'),
      channelId: newId('channel'),
      owner: 'bot',
      state,
      hasReplies: true,
    },
    contact: { contactId: newId('contact'), name: null, attributes: {} },
    messages: [
      {
        messageId: newId('message'),
        direction: 'in',
        content: [{ type: 'text', text: said }],
        sentAt: '2026-11-21T09:00:00Z',
      },
    ],
    history: async () => [],
    signal: new AbortController().signal,
  };
  return core.answer(turn);
}

const ruleOf = ({ trace }: TurnResult): unknown =>
  trace.find(({ responder }) => responder === 'rules')?.detail['rule'];

describe('the demo bot', () => {
  it('is a valid definition, written the way it is stored', () => {
    expect(BotDefinition.parse(JSON.parse(JSON.stringify(demoBot)))).toEqual(demoBot);
  });

  it('greets as what it is, and offers a choice', () => {
    expect(greeting).toHaveLength(1);
    expect(greeting[0]?.[0]).toEqual({ type: 'text', text: "I'm Polly, an automated assistant." });
    expect(numberedOptions(greeting[0] ?? [])).toHaveLength(7);
  });

  it.each([
    ['1', 'pick-hours'],
    ['delivery times', 'pick-delivery'],
    ['Oder status', 'pick-order'],
    ['talk to a persn', 'pick-person'],
    ['When do you open on Saturday?', 'hours'],
    ['How long does shipping take', 'delivery'],
    ['Can I send it back?', 'returns'],
    ['where is my order 1042', 'order-1042'],
    ['How much is it', 'price'],
    ['What is Parley?', 'parley'],
    ['HI!', 'hello'],
    ['thank you so much', 'thanks'],
    ['4', 'pick-problem'],
    ['Can I book an appointment?', 'demo'],
    ['I would like an offer for my company', 'offer'],
    ['My lamp came broken', 'problem'],
  ])('answers “%s” by the rule %s', async (said, rule) => {
    expect(ruleOf(await write(said))).toBe(rule);
  });

  it('leads from the list of orders to their cards', async () => {
    const list = await write('3');
    const card = await write('2', list.state);
    expect(card.replies[0]?.[0]).toMatchObject({ type: 'card', title: 'Order 1038 was delivered' });
    expect(ruleOf(await write('Send it back', card.state))).toBe('pick-returns');
  });

  it('is sound, and looks up any other order in the shop', async () => {
    const check = checkBot(demoBot);
    expect(check.ok ? [] : check.problems).toEqual([]);
    const list = await write('3');
    const asked = await write('another order', list.state);
    expect(JSON.stringify(asked.replies)).toContain('What is your order number?');
    const looked = await write('1051', asked.state);
    expect(looked.effects).toEqual([
      expect.objectContaining({ kind: 'call', name: 'orders.find', input: { order: 1051 } }),
    ]);
  });

  it.each(['I want to talk to a person', 'Do you sell purple elephants?'])(
    'passes “%s” on to people',
    async (said) => {
      const result = await write(said);
      expect(JSON.stringify(result.replies)).toContain('a person will answer');
      expect(result.effects).toEqual([expect.objectContaining({ kind: 'hand-over', to: 'queue' })]);
    },
  );

  it('has an answer for every option that it offers', async () => {
    const contents = [greeting.flat(), ...demoBot.rules.map((rule) => rule.reply)].flat();
    const offered = new Set(numberedOptions(contents).map(({ option }) => option.id));
    const answered = new Set(demoBot.rules.map((rule) => rule.when.option));
    expect([...offered].filter((id) => !answered.has(id))).toEqual([]);
  });
});
