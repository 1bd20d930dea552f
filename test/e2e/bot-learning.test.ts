import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bots } from '#libs/store';
import { BotDefinition } from '#libs/model';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { until } from '../support/until.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let session: string;

const say = (text: string) => [{ type: 'text' as const, text }];

beforeAll(async () => {
  booted = await boot();
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  const definition = BotDefinition.parse({
    persona: { name: 'Ada' },
    understanding: {
      intents: [
        { id: 'refund', title: 'Refund', phrasings: ['I want my money back'], reply: say('We pay it back.') },
      ],
      answers_from: 0.7,
      suggests_from: 0.7,
    },
    fallback: say('I do not know.'),
  });
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
  session = (await api('POST', '/v1/sessions', {})).body.id;
});
afterAll(() => booted?.close());

const ask = async (text: string): Promise<{ id: string; reply: string; replyId: string }> => {
  const { body } = await api('POST', '/v1/messages', { session_id: session, text });
  expect(body.status).toBe('completed');
  return { id: body.message.id, reply: body.replies[0].parts[0].text, replyId: body.replies[0].id };
};
const waiting = async () => (await api('GET', `/v1/bot-proposals?bot_id=${home.botId}&order=asc`)).body.data;

describe('what a bot could learn', () => {
  it('is a question that nobody could answer: without private pieces, counted, near an intent or without an answer', async () => {
    expect((await ask('can I have the money for 4111 1111 1111 1111 please')).reply).toBe('I do not know.');
    await ask('do you ship to Norway');
    await ask('Do you ship to Norway?');
    await until('it is proposed', async () => (await waiting()).length === 2);
    const [money, norway] = await waiting();
    expect(money).toMatchObject({ kind: 'phrasing', intent_id: 'refund', source: 'unanswered', times: 1 });
    expect(money.text).not.toContain('4111');
    expect(norway).toMatchObject({ kind: 'answer', text: 'do you ship to Norway', answer: null, times: 2 });
  });

  it('goes into the draft once somebody agrees, and answers once that is published', async () => {
    const norway = (await waiting()).find(({ kind }: { kind: string }) => kind === 'answer');
    const empty = await api('POST', `/v1/bot-proposals/${norway.id}/approve`, {});
    expect([empty.status, empty.body.errors[0].pointer]).toEqual([422, '/answer']);
    const approved = await api('POST', `/v1/bot-proposals/${norway.id}/approve`, {
      answer: 'Yes, for {{ 9 | plus: 1 }} euros.',
    });
    expect(approved.body).toMatchObject({
      state: 'approved',
      decided_by: expect.stringMatching(/^api_key:/),
    });
    expect((await api('POST', `/v1/bot-proposals/${norway.id}/approve`, { answer: 'x' })).status).toBe(409);

    expect((await ask('do you ship to Norway')).reply).toBe('I do not know.');
    const diff = await api('GET', `/v1/bots/${home.botId}/diff`);
    expect(diff.body.text).toBe('+ intent “do-you-ship-to-norway”');
    await api('POST', `/v1/bots/${home.botId}/publish`, {});
    await until('it is known', async () => {
      const { reply } = await ask('Do you ship to Norway?');
      return reply === 'Yes, for {{ 9 | plus: 1 }} euros.';
    });
  });

  it('is a correction of an operator, by the message that was misunderstood', async () => {
    const { id } = await ask('this thing broke, pay up');
    const corrected = await api('POST', `/v1/bots/${home.botId}/proposals`, {
      message_id: id,
      intent_id: 'refund',
    });
    expect(corrected.status).toBe(201);
    expect(corrected.body).toMatchObject({ kind: 'phrasing', intent_id: 'refund', source: 'operator' });
    await api('POST', `/v1/bot-proposals/${corrected.body.id}/approve`, {});
    const draft = await api('GET', `/v1/bots/${home.botId}/draft`);
    const refund = draft.body.definition.understanding.intents.find(
      (one: { id: string }) => one.id === 'refund',
    );
    expect(refund.phrasings).toContain('this thing broke, pay up');

    const unknown = { text: 'x y', intent_id: 'nothing' };
    expect((await api('POST', `/v1/bots/${home.botId}/proposals`, unknown)).status).toBe(422);
  });

  it('is put aside for good, unless an operator takes it up', async () => {
    const { id } = await ask('what colour is the moon');
    await until('it is proposed', async () =>
      (await waiting()).some(({ text }: { text: string }) => text === 'what colour is the moon'),
    );
    const moon = (await waiting()).find(({ text }: { text: string }) => text === 'what colour is the moon');
    const dismissed = await api('POST', `/v1/bot-proposals/${moon.id}/dismiss`);
    expect(dismissed.body.state).toBe('dismissed');
    await ask('what colour is the moon');
    expect((await waiting()).map((one: { id: string }) => one.id)).not.toContain(moon.id);
    const again = await api('POST', `/v1/bots/${home.botId}/proposals`, { message_id: id, answer: 'Grey.' });
    expect(again.body).toMatchObject({ id: moon.id, state: 'waiting', source: 'operator', answer: 'Grey.' });
  });
});

describe('the trace of a message', () => {
  it('says who was asked, what each decided, and which version ran, for what came in and for what went out', async () => {
    const { id, replyId } = await ask('I want my money back');
    const asked = await api('GET', `/v1/messages/${id}/trace`);
    const answered = await api('GET', `/v1/messages/${replyId}/trace`);
    expect({ ...answered.body, message_id: id }).toEqual(asked.body);
    expect(asked.body).toMatchObject({ bot_id: home.botId, outcome: 'answered' });
    expect(asked.body.bot_version).toBeGreaterThan(1);
    expect(asked.body.steps.map(({ responder }: { responder: string }) => responder)).toEqual(
      expect.arrayContaining(['core', 'control', 'rules', 'intents']),
    );
    expect(asked.body.text).toMatch(/^The bot answered\. Version \d+\. \d+ steps in /);
    expect(asked.body.text).toContain('=> intents: Intent refund');
    expect(asked.body.text).not.toContain('money back');
    const nothing = await api('GET', '/v1/messages/msg_01h455vb4pex5vsknk084sn02q/trace');
    expect(nothing.status).toBe(404);
  });
});
