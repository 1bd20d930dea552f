import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiOf, boot, makeWorkspace, type Api, type Booted } from '../support/boot.js';
import { printOf } from '../support/database-print.js';
import { startModelServer, type ModelServer } from '../support/model-server.js';

let booted: Booted;
let api: Api;
let shop: Server;
let shopUrl: string;
let models: ModelServer;
let called: string[] = [];

beforeAll(async () => {
  shop = createServer((request, response) => {
    called.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"really sent"}');
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  models = await startModelServer();
  booted = await boot({ hasWorker: false });
  api = apiOf(booted, (await makeWorkspace(booted, 'Home')).key);
});
afterAll(async () => {
  await booted?.close();
  await models?.close();
  shop?.close();
});

const say = (text: string) => [{ type: 'text', text }];
const definition = (): object => ({
  persona: { name: 'Ada', disclosure: 'I am automated.' },
  rules: [{ id: 'order', when: { words: ['order'] }, start_flow: 'order' }],
  fallback: say('I do not know.'),
  flows: [
    {
      schema: 1,
      id: 'order',
      title: 'Order',
      start: 'number',
      nodes: {
        number: {
          type: 'ask',
          text: 'Which number?',
          into: 'number',
          expect: { kind: 'text' },
          next: 'look',
        },
        look: {
          type: 'call',
          tool: 'orders.find',
          input: { number: 'fields.number' },
          into: 'order',
          failed: 'sorry',
          next: 'found',
        },
        found: { type: 'say', content: say('It is {{ fields.order.state }}.'), next: 'rest' },
        rest: { type: 'wait', seconds: 86_400, next: 'still' },
        still: { type: 'say', content: say('Has {{ fields.number }} arrived?') },
        sorry: { type: 'say', content: say('I cannot look now.') },
      },
    },
  ],
  tools: [
    {
      name: 'orders.find',
      description: 'Finds an order',
      method: 'GET',
      url: `${shopUrl}/orders/{number}`,
      input: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
    },
  ],
  agent: {
    models: [{ provider: 'openai_compatible', name: 'm', base_url: models.url }],
    tools: [{ tool: 'orders.find' }],
  },
});
const made = async (): Promise<string> =>
  (await api('POST', '/v1/bots', { name: 'Shop', definition: definition() })).body.id;
const textsOf = (body: { replies: { text: string }[][] }): string[] =>
  body.replies.map((reply) => reply.map(({ text }) => text).join('\n'));

describe('a simulated turn', () => {
  it('goes on from the state that the caller carries, days later too, with its trace and without a trace elsewhere', async () => {
    const bot = await made();
    const before = await printOf(booted.owner);
    called = [];
    const turn = async (more: object) => (await api('POST', `/v1/bots/${bot}/simulate`, more)).body;
    const tools = { 'orders.find': [{ value: { state: 'on its way' } }] };

    const first = await turn({ says: 'my order', at: '2027-01-04T10:00:00Z' });
    expect(textsOf(first)[0]).toContain('I am automated.');
    expect(textsOf(first).at(-1)).toContain('Which number?');
    expect(first.trace_text).toContain('=> rules: Rule order matches');
    const second = await turn({ says: '1042', state: first.state, tools, at: '2027-01-04T10:01:00Z' });
    expect(textsOf(second)).toEqual(['It is on its way.']);
    expect(second.state).toMatchObject({ wakes_at: '2027-01-05T10:01:00.000Z', calls: { 'orders.find': 1 } });
    const third = await turn({ state: second.state, at: '2027-01-05T10:02:00Z' });
    expect(textsOf(third)).toEqual(['Has 1042 arrived?']);

    expect(called).toEqual([]);
    expect(models.asked).toEqual([]);
    expect(await printOf(booted.owner)).toEqual(before);
  });

  it('takes the draft, a version, or what is published', async () => {
    const bot = await made();
    const draft = { persona: { name: 'Ada' }, fallback: say('The draft speaks.') };
    await api('PUT', `/v1/bots/${bot}/draft`, { definition: draft });
    const says = async (version: unknown) =>
      (await api('POST', `/v1/bots/${bot}/simulate`, { says: 'hm', version })).body;
    expect(textsOf(await says('draft'))).toEqual(['The draft speaks.']);
    expect((await says(1)).version).toBe(1);
    expect(textsOf(await says('published'))[0]).toContain('I do not know.');
  });

  it('asks no model and calls no tool unless it is told to', async () => {
    const bot = await made();
    const turn = async (more: object) =>
      (await api('POST', `/v1/bots/${bot}/simulate`, { says: 'Where is 7?', ...more })).body;
    called = [];
    models.asked.length = 0;
    expect(textsOf(await turn({}))[0]).toContain('I do not know.');
    const script = [{ calls: [{ tool: 'orders.find', input: { number: '7' } }] }, { says: 'It was told.' }];
    const told = await turn({ model: script, tools: { 'orders.find': [{ value: { state: 'x' } }] } });
    expect(textsOf(told)[0]).toContain('It was told.');
    expect(told.state.answers).toBe(2);
    expect([called, models.asked]).toEqual([[], []]);

    models.answerWith(
      () => ({ calls: [['orders__find', { number: '7' }]] }),
      () => ({ text: 'It is really sent.' }),
    );
    const real = await turn({ uses: { model: true, tools: true } });
    expect(textsOf(real)[0]).toContain('It is really sent.');
    expect(called).toEqual(['/orders/7']);
    expect(models.asked).toHaveLength(2);
    const unscripted = await turn({ uses: { model: true } });
    expect(called).toEqual(['/orders/7']);
    expect(unscripted.outcome).toBe('answered');
  });

  it('hands over without telling anybody, is silent then, and speaks again when it gets the conversation back', async () => {
    const bot = (
      await api('POST', '/v1/bots', {
        name: 'Hands',
        definition: {
          persona: { name: 'Ada' },
          rules: [{ id: 'person', when: { words: ['person'] }, reply: say('One moment.'), hand_over: true }],
          fallback: say('Hm.'),
        },
      })
    ).body.id;
    const turn = async (more: object) => (await api('POST', `/v1/bots/${bot}/simulate`, more)).body;
    const first = await turn({ says: 'a person please' });
    expect(first.effects).toMatchObject([{ kind: 'hand-over', to: 'queue' }]);
    const second = await turn({ says: 'hello?', state: first.state });
    expect([second.outcome, second.state.owner]).toEqual(['silent', 'queue']);
    const third = await turn({ says: 'hello?', state: second.state, owner: 'bot' });
    expect(textsOf(third)).toEqual(['Hm.']);
  });
});
