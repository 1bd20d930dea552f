import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BotDefinition } from '#libs/model';
import { Bots } from '#libs/store';
import { startStubServer, type StubServer } from '../../libs/connectors/src/testkit/stub-server.js';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { readEvents } from '../support/read-events.js';
import { until } from '../support/until.js';

let booted: Booted;
let model: ModelServer;
let shop: StubServer;
let home: TestWorkspace;
let api: Api;

beforeAll(async () => {
  [booted, model, shop] = await Promise.all([boot(), startModelServer(), startStubServer()]);
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  const definition = BotDefinition.parse({
    persona: { name: 'Robin' },
    fallback: [{ type: 'text', text: 'I do not know.' }],
    fallback_hands_over: false,
    tools: [
      {
        name: 'orders.find',
        description: 'Finds an order.',
        method: 'GET',
        url: `${shop.url}/orders/{order}`,
        headers: { authorization: { secret: 'shop_key', prefix: 'Bearer ' } },
        input: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
      },
      {
        name: 'tickets.create',
        description: 'Opens a ticket.',
        url: `${shop.url}/tickets`,
        input: { type: 'object', properties: { kind: { type: 'string' }, text: { type: 'string' } } },
        bind: { customer: 'contact.id' },
      },
    ],
    agent: {
      models: [
        { provider: 'openai_compatible', name: 'first', base_url: model.url, key: 'model_key' },
        { provider: 'openai_compatible', name: 'second', base_url: model.url, key: 'model_key' },
      ],
      tools: [{ tool: 'search_orders' }, { tool: 'create_ticket', approval: 'operator' }],
      memory: { days: 30 },
      limits: { silence_ms: 2_500 },
    },
  });
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
  await api('POST', '/v1/secrets', { name: 'model_key', value: 'sk-model-secret' });
  await api('POST', '/v1/secrets', { name: 'shop_key', value: 'sk-shop-secret' });
});
afterAll(async () => {
  await booted?.close();
  await Promise.all([model?.close(), shop?.close()]);
});
beforeEach(() => {
  model.asked.length = 0;
  shop.requests.length = 0;
});

async function begin(externalId: string): Promise<{ id: string; conversation_id: string }> {
  return (await api('POST', '/v1/sessions', { contact: { external_id: externalId } })).body;
}
const say = async (sessionId: string, text: string) =>
  (await api('POST', '/v1/messages', { session_id: sessionId, text })).body;
const textsOf = (answer: { replies: { parts: { text?: string }[] }[] }): unknown[] =>
  answer.replies.flatMap(({ parts }) => parts.map(({ text }) => text));

describe('a bot with an agent', () => {
  it('answers with a model and a tool, each with the secret that is sealed for it', async () => {
    shop.answerWith({
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"state":"sent"}',
    });
    model.answerWith(
      () => ({ calls: [['search_orders', { order: 'A/7' }]] }),
      () => ({ text: 'Ihre Bestellung ist unterwegs – schöne Grüße 👋.' }),
    );
    const { id } = await begin('ada');
    expect(textsOf(await say(id, 'Wo ist meine Bestellung A/7?'))).toEqual([
      'Ihre Bestellung ist unterwegs – schöne Grüße 👋.',
    ]);
    expect(model.asked.map(({ authorization, path }) => `${path} ${authorization}`)).toEqual([
      '/v1/chat/completions Bearer sk-model-secret',
      '/v1/chat/completions Bearer sk-model-secret',
    ]);
    expect(model.asked[0]?.tools?.map((tool) => tool.function.name).toSorted()).toEqual([
      'create_ticket',
      'remember',
      'search_orders',
    ]);
    expect(shop.requests).toMatchObject([
      { method: 'GET', path: '/orders/A%2F7', headers: { authorization: 'Bearer sk-shop-secret' } },
    ]);
    expect(JSON.stringify(model.asked[1]?.messages)).toContain('\\"state\\":\\"sent\\"');
    expect(JSON.stringify(model.asked)).not.toContain('sk-shop-secret');
  });

  it.each([
    ['down', 'down' as const],
    ['silent', 'hang' as const],
    ['stuck', 'half' as const],
    ['cut off', 'cut' as const],
  ])(
    'answers with the second model when the first is %s, and with the fallback when both are',
    async (_, how) => {
      model.answerWith((asked) => (asked.model === 'first' ? how : { text: 'The second says hello.' }));
      const { id } = await begin(`down-${how}`);
      expect(textsOf(await say(id, 'Is anybody there?'))).toEqual(['The second says hello.']);
      model.answerWith(() => how);
      expect(textsOf(await say(id, 'And now?'))).toEqual(['I do not know.']);
    },
  );

  it('remembers a fact in the next conversation of the same contact, and in nobody else’s', async () => {
    const { workspaceId } = home;
    const other = await makeWorkspace(booted, 'Other');
    model.answerWith(
      () => ({ calls: [['remember', { fact: 'Rides a red bicycle.' }]] }),
      () => ({ text: 'I will keep that in mind.' }),
      () => ({ text: 'Yes.' }),
    );
    const { id, conversation_id: conversation } = await begin('grace');
    await say(id, 'I ride a red bicycle');
    const { body } = await api('GET', `/v1/conversations/${conversation}`);
    const facts = await api('GET', `/v1/contacts/${body.contact.id}/facts`);
    expect(facts.body.data).toMatchObject([{ text: 'Rides a red bicycle.', source: 'agent' }]);
    await say((await begin('grace')).id, 'Do you know me?');
    expect(JSON.stringify(model.asked.at(-1)?.messages)).toContain('Rides a red bicycle.');
    await say((await begin('eve')).id, 'What do you know about others?');
    expect(JSON.stringify(model.asked.at(-1)?.messages)).not.toContain('red bicycle');
    const theirs = apiOf(booted, other.key);
    expect((await theirs('GET', `/v1/contacts/${body.contact.id}/facts`)).status).toBe(404);
    expect((await api('DELETE', `/v1/contacts/${body.contact.id}/facts`)).status).toBe(204);
    expect((await api('GET', `/v1/contacts/${body.contact.id}/facts`)).body.data).toEqual([]);
    expect(workspaceId).not.toBe(other.workspaceId);
  });

  it('asks an operator, who decides once', async () => {
    model.answerWith(() => ({ calls: [['create_ticket', { kind: 'delivery', text: 'Broken' }]] }));
    const { id, conversation_id: conversation } = await begin('kay');
    expect(textsOf(await say(id, 'It is broken'))[0]).toContain('A colleague has to agree');
    const { body } = await api('GET', '/v1/approvals');
    expect(body.data).toMatchObject([
      {
        conversation_id: conversation,
        tool: 'create_ticket',
        input: { kind: 'delivery' },
        status: 'waiting',
      },
    ]);
    const { rows } = await booted.owner.query<{ data: object }>(
      `select data from event where type = 'approval.requested'`,
    );
    expect(rows).toMatchObject([{ data: { tool: 'create_ticket' } }]);
    const decide = (decision: string) =>
      api('POST', `/v1/approvals/${body.data[0].id}/decision`, { decision });
    expect((await decide('approve')).body).toMatchObject({ status: 'approved' });
    expect((await decide('refuse')).status).toBe(409);
    expect((await api('GET', '/v1/approvals')).body.data).toEqual([]);
    const log = await booted.owner.query(`select data from event where type = 'approval.decided'`);
    expect(log.rows).toMatchObject([{ data: { tool: 'create_ticket', status: 'approved' } }]);
    // The next turn of the conversation takes it up, once.
    const json = { 'content-type': 'application/json' };
    shop.answerWith({ kind: 'answer', status: 201, headers: json, body: '{"number":"T-7"}' });
    model.answerWith(() => ({ text: 'Your ticket is T-7.' }));
    expect(textsOf(await say(id, 'Any news?'))).toEqual(['Your ticket is T-7.']);
    expect(textsOf(await say(id, 'Thank you'))).toEqual(['Your ticket is T-7.']);
    expect(shop.requests).toHaveLength(1);
    expect(JSON.parse(shop.requests[0]!.body)).toEqual({
      kind: 'delivery',
      text: 'Broken',
      customer: expect.stringMatching(/^cont_/),
    });
  });

  it('shows sentences in the stream before the reply is there', async () => {
    let goOn = (): void => undefined;
    const half = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const text = `This is one. This is two. ${'And so it goes on and on, '.repeat(10)}until its end.`;
    model.answerWith(() => ({ text, half }));
    const { id } = await begin('lin');
    const reader = await readEvents(`${booted.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${home.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ session_id: id, text: 'Count', respond: 'stream' }),
    });
    const shown = () => reader.events.filter(({ event }) => event === 'message.delta');
    await until('two sentences are shown', () => shown().length === 2);
    expect(reader.events.some(({ event }) => event === 'turn.completed')).toBe(false);
    goOn();
    await reader.ended;
    // What is heard live may come in any order, and says its place.
    const pieces = shown().map(({ data }) => data.data);
    expect(pieces.toSorted((a, b) => a.index - b.index).map((piece) => piece.text)).toEqual([
      'This is one.',
      ' This is two.',
    ]);
  });

  it('ends in the midst of a sentence when somebody takes over, and says why in the trace', async () => {
    let goOn = (): void => undefined;
    const half = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    try {
      model.answerWith(() => ({ text: `This is one. ${'And so it goes on and on. '.repeat(20)}`, half }));
      const { id, conversation_id: conversation } = await begin('taken');
      const reader = await readEvents(`${booted.url}/v1/conversations/${conversation}/stream`, {
        headers: { authorization: `Bearer ${home.key}` },
      });
      const heard = (type: string) => reader.events.filter(({ event }) => event === type);
      await api('POST', '/v1/messages', { session_id: id, text: 'Count', respond: 'async' });
      await until('a sentence is shown', () => heard('message.delta').length > 0);
      await api('POST', `/v1/conversations/${conversation}/control`, { to: 'operator' });
      // The model still waits in its sentence: whoever ends the turn, it is not its end.
      await until('the turn is over', () => heard('turn.completed').length > 0);
      goOn();
      await until(
        'what was shown is taken back',
        () => heard('message.delta').at(-1)?.data.data.reset === true,
      );
      expect((await api('GET', `/v1/conversations/${conversation}/messages`)).body.data).toHaveLength(1);
      const { body } = await api('GET', `/v1/conversations/${conversation}/handover`);
      expect(body.turns.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['superseded', 'silent']);
      expect(JSON.stringify(body.turns[0].trace)).toContain('agent');
      reader.stop();
    } finally {
      goOn();
    }
  });

  it('writes no secret, no number and no word of anybody into its log or a trace', async () => {
    model.answerWith(
      () => ({ calls: [['search_orders', { order: '4111111111111111' }]] }),
      () => ({ text: 'Your card is 4111 1111 1111 1111.' }),
    );
    const { id } = await begin('pii');
    await say(
      id,
      'Card 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00, ghp_abcdefghijklmnopqrstuvwxyz0123456789',
    );
    expect(JSON.stringify(model.asked[0]?.messages)).toContain('Card [card], [iban], [token]');
    const { rows } = await booted.owner.query<{ trace: object }>('select trace from turn');
    const written = `${booted.log.join('\n')}\n${JSON.stringify(rows)}`;
    expect(written).not.toMatch(/sk-model-secret|sk-shop-secret|red bicycle|Bestellung/);
    expect(written).not.toMatch(/4111|0532|ghp_abc/);
  });

  it('tells in the trace which models and tools were called, for how long and how much', async () => {
    const { rows } = await booted.owner.query<{
      trace: { reason: string; detail: object; took_ms: number }[];
    }>('select trace from turn order by started_at limit 1');
    const lines = rows[0]!.trace.map(({ reason }) => reason);
    expect(lines).toEqual(
      expect.arrayContaining([
        'Model openai_compatible/first wants 1 tool calls',
        'Tool search_orders ran',
        'Model openai_compatible/first answered',
      ]),
    );
    expect(rows[0]!.trace.find(({ reason }) => reason.includes('answered'))?.detail).toMatchObject({
      input_tokens: 50,
      output_tokens: 20,
    });
  });
});

describe('secrets over the API', () => {
  it('go in and never come out', async () => {
    const { body } = await api('GET', '/v1/secrets?order=asc');
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['model_key', 'shop_key']);
    expect(JSON.stringify(body)).not.toContain('sk-');
    expect((await api('POST', '/v1/secrets', { name: 'Not-a-name', value: 'x' })).status).toBe(422);
    expect((await api('DELETE', '/v1/secrets/nothing')).status).toBe(404);
  });
});
