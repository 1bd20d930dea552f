import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { BotDefinition } from '#libs/model';
import { Bots } from '#libs/store';
import { startStubServer, type StubServer } from '../../libs/connectors/src/testkit/stub-server.js';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { beginTalk, type Talk } from '../support/talk.js';
import { until } from '../support/until.js';

vi.setConfig({ testTimeout: 120_000 });

let booted: Booted;
let model: ModelServer;
let shop: StubServer;
let home: TestWorkspace;
let api: Api;

/** Two consequential tools: of one the person decides, in the conversation; of the other an operator, in the console. */
beforeAll(async () => {
  [booted, model, shop] = await Promise.all([boot(), startModelServer(), startStubServer()]);
  home = await makeWorkspace(booted);
  api = apiOf(booted, home.key);
  const input = { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] };
  const tool = (name: string) => ({ name, description: name, url: `${shop.url}/${name}`, input });
  const definition = BotDefinition.parse({
    persona: { name: 'Robin' },
    fallback: [{ type: 'text', text: 'I do not know.' }],
    tools: [tool('cancel'), tool('refund')],
    agent: {
      models: [{ provider: 'openai_compatible', name: 'one', base_url: model.url }],
      tools: [{ tool: 'cancel' }, { tool: 'refund', approval: 'operator' }],
      memory: { days: 30 },
      // Nobody here waits in vain; a machine that is busy needs its time.
      limits: { silence_ms: 30_000, seconds: 120 },
    },
  });
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
});
afterAll(async () => {
  await booted?.close();
  await Promise.all([model?.close(), shop?.close()]);
});
beforeEach(() => {
  shop.requests.length = 0;
  const headers = { 'content-type': 'application/json' };
  shop.answerWith({ kind: 'answer', status: 200, headers, body: '{"done":true}' });
});

/** A conversation in which the model wants a tool, and says so when it has run. */
async function wanting(tool: string, question: string, talk?: Talk): Promise<Talk> {
  model.answerWith(
    () => ({ calls: [[tool, { order: 'A-7' }]] }),
    () => ({ text: 'It is arranged.' }),
  );
  const mine = talk ?? (await beginTalk(api, home.channelId, { external_id: crypto.randomUUID() }));
  await mine.say('Away with it');
  await mine.hears(question);
  return mine;
}
const waiting = async ({ conversationId }: Talk): Promise<string[]> =>
  ((await api('GET', '/v1/approvals?limit=100')).body.data as { id: string; conversation_id: string }[])
    .filter((one) => one.conversation_id === conversationId)
    .map(({ id }) => id);
const decide = (id: string | undefined, decision: string) =>
  api('POST', `/v1/approvals/${id}/decision`, { decision });
async function handled(): Promise<void> {
  await until('all is handled', async () => {
    const { rows } = await booted.owner.query<{ n: string }>(
      "select count(*) as n from inbox_event where status = 'pending'",
    );
    return Number(rows[0]!.n) === 0;
  });
}

it('goes on by itself once an operator has decided, and runs once however many decide at once', async () => {
  const talk = await wanting('refund', 'A colleague has to agree');
  const [id] = await waiting(talk);
  const answers = await Promise.all(
    ['approve', 'refuse', 'approve', 'refuse', 'approve', 'refuse'].map((decision) => decide(id, decision)),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200, 409, 409, 409, 409, 409,
  ]);
  const { status } = answers.find((answer) => answer.status === 200)!.body;
  // Nobody has written anything since.
  await talk.hears(status === 'approved' ? 'It is arranged.' : 'we cannot do this');
  await handled();
  expect(shop.requests).toHaveLength(status === 'approved' ? 1 : 0);
  expect(await waiting(talk)).toEqual([]);
});

it('runs once when the person agrees several times at once, pressed and written', async () => {
  const talk = await wanting('cancel', 'May I do this for you?');
  await Promise.all(Array.from({ length: 4 }, () => talk.say('Yes, please')));
  await talk.hears('It is arranged.');
  await handled();
  expect(shop.requests).toHaveLength(1);
  expect(JSON.parse(shop.requests[0]!.body)).toEqual({ order: 'A-7' });
});

it.each([1, 2, 3])('runs once when a decision and a message of the person meet: %i', async () => {
  const talk = await wanting('refund', 'A colleague has to agree');
  const [id] = await waiting(talk);
  await Promise.all([decide(id, 'approve'), talk.say('yes'), decide(id, 'refuse'), talk.say('Any news?')]);
  await handled();
  const said = (await talk.lines()).filter((line) => line.startsWith('bot: '));
  const isApproved = shop.requests.length > 0;
  expect(shop.requests.length).toBeLessThanOrEqual(1);
  expect(said.join('\n')).toContain(isApproved ? 'It is arranged.' : 'we cannot do this');
});

it('does nothing any more when an operator has the conversation by then', async () => {
  const talk = await wanting('refund', 'A colleague has to agree');
  const [id] = await waiting(talk);
  await api('POST', `/v1/conversations/${talk.conversationId}/control`, { to: 'operator' });
  expect((await decide(id, 'approve')).status).toBe(200);
  await handled();
  expect(shop.requests).toEqual([]);
  expect((await talk.lines()).at(-1)).toContain('A colleague has to agree');
});

it('knows a contact on another channel, and two that turn out to be one', async () => {
  const other = await api('POST', '/v1/channels', { connector: 'web', name: 'Other', bot_id: home.botId });
  expect(other.status).toBe(201);
  const on = (channelId: string, externalId: string) =>
    beginTalk(api, channelId, { external_id: externalId });
  const contactOf = async ({ conversationId }: Talk): Promise<string> =>
    (await api('GET', `/v1/conversations/${conversationId}`)).body.contact.id;
  /** What the model is told when somebody says hello. */
  const told = async (talk: Talk): Promise<string> => {
    model.answerWith(() => ({ text: 'Hello.' }));
    await talk.say('Hello');
    await talk.hears('Hello.');
    return JSON.stringify(model.asked.at(-1)?.messages);
  };
  const first = await on(home.channelId, 'tove');
  model.answerWith(
    () => ({ calls: [['remember', { fact: 'Sails a blue boat.' }]] }),
    () => ({ text: 'I keep that in mind.' }),
  );
  await first.say('I sail a blue boat');
  await first.hears('I keep that in mind.');
  const here = await on(other.body.id, 'tove');
  expect(await contactOf(here)).toBe(await contactOf(first));
  expect(await told(here)).toContain('Sails a blue boat.');
  const stranger = await on(other.body.id, 'tove-by-mail');
  expect(await told(stranger)).not.toContain('blue boat');
  const kept = await contactOf(stranger);
  const merged = await api('POST', `/v1/contacts/${kept}/merge`, { contact_id: await contactOf(first) });
  expect(merged.status).toBe(201);
  expect(await told(stranger)).toContain('Sails a blue boat.');
  expect((await api('GET', `/v1/contacts/${kept}/facts`)).body.data).toMatchObject([
    { text: 'Sails a blue boat.' },
  ]);
  expect((await api('DELETE', `/v1/contacts/${kept}/facts`)).status).toBe(204);
  expect(await told(stranger)).not.toContain('blue boat');
});
