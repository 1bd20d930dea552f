import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BotDefinition, isId, uuidOf } from '#libs/model';
import { Bots } from '#libs/store';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { memberOf } from '../support/signed-in.js';
import { until } from '../support/until.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let receiver: WebhookReceiver;

const say = (text: string) => [{ type: 'text' as const, text }];

beforeAll(async () => {
  booted = await boot();
  receiver = await startReceiver();
  home = await makeWorkspace(booted, 'Home');
  api = apiOf(booted, home.key);
  const definition = BotDefinition.parse({
    persona: { name: 'Ada' },
    rules: [{ id: 'open', when: { words: ['open'] }, reply: say('From nine to five.') }],
    fallback: say('I do not know.'),
  });
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
  await api('POST', '/v1/webhook-endpoints', { url: `${receiver.url}/told`, types: ['message.feedback'] });
});
afterAll(async () => {
  await booted?.close();
  await receiver?.close();
});

/** A new visitor who asked something and was answered. */
async function answered(text: string) {
  const session = (await api('POST', '/v1/sessions', {})).body;
  const { body } = await api('POST', '/v1/messages', { session_id: session.id, text });
  expect(body.status).toBe('completed');
  const visitor = apiOf(booted, session.client_token);
  return {
    conversationId: session.conversation_id as string,
    askedId: body.message.id as string,
    replyId: body.replies[0].id as string,
    visitor,
  };
}
const opinionsOf = async (messageId: string) =>
  (await api('GET', `/v1/messages/${messageId}/feedback`)).body.data;
const logOf = async (conversationId: string) => {
  if (!isId('conversation', conversationId)) throw new TypeError('no conversation');
  const { rows } = await booted.owner.query<{ data: Record<string, unknown> }>(
    `select data from event where conversation_id = $1 and type = 'message.feedback' order by seq`,
    [uuidOf(conversationId)],
  );
  return rows.map(({ data }) => data);
};

describe('feedback on an answer', () => {
  it('is one opinion for each who gives it, and what they said last is what they think', async () => {
    const { replyId, visitor, conversationId } = await answered('when are you open?');
    const given = { rating: 'down', reason: 'outdated', comment: 'You close at four.' };
    const first = await visitor('POST', `/v1/widget/messages/${replyId}/feedback`, given);
    expect([first.status, first.body]).toMatchObject([
      200,
      { message_id: replyId, by: 'contact', actor: null, ...given, bot_id: null, answered_by: null },
    ]);
    await visitor('POST', `/v1/widget/messages/${replyId}/feedback`, given);
    await visitor('POST', `/v1/widget/messages/${replyId}/feedback`, { rating: 'up' });
    const operator = await memberOf(booted, home.workspaceId, 'operator', 'op-feedback');
    await operator('POST', `/v1/messages/${replyId}/feedback`, { rating: 'down', reason: 'tone' });

    const expected = { bot_id: home.botId, answered_by: 'rules' };
    expect(await opinionsOf(replyId)).toMatchObject([
      { by: 'contact', rating: 'up', reason: null, comment: null, ...expected },
      { by: 'operator', actor: expect.stringMatching(/^member:/), rating: 'down', ...expected },
    ]);
    // What was said again stands once in the log, and nobody's own words stand there at all.
    const told = await logOf(conversationId);
    expect(told.map(({ rating, by }) => `${by as string} ${rating as string}`)).toEqual([
      'contact down',
      'contact up',
      'operator down',
    ]);
    expect(told[0]).toMatchObject({ has_comment: true, reason: 'outdated', answered_by: 'rules' });
    expect(JSON.stringify(told)).not.toContain('four');
  });

  it('that a program gives is the person’s, unless it says otherwise', async () => {
    const { replyId } = await answered('are you open?');
    await api('POST', `/v1/messages/${replyId}/feedback`, { rating: 'up' });
    await api('POST', `/v1/messages/${replyId}/feedback`, { rating: 'down', by: 'operator' });
    const opinions: { by: string; actor: string | null }[] = await opinionsOf(replyId);
    expect(opinions.map(({ by, actor }) => `${by} ${actor?.split(':')[0] ?? ''}`).toSorted()).toEqual([
      'contact ',
      'operator api_key',
    ]);
  });

  it('is heard by webhooks and counted in reports', async () => {
    const { replyId } = await answered('open on Sunday?');
    const before = receiver.on('/told').length;
    const range = 'from=2020-01-01T00:00:00Z&to=2029-01-01T00:00:00Z&group_by=bot';
    const counted = async () => (await api('GET', `/v1/analytics/feedback?${range}`)).body.data[0].values;
    const had = await counted();
    await api('POST', `/v1/messages/${replyId}/feedback`, { rating: 'down' });
    await until('it is told', async () => receiver.on('/told').length > before);
    expect(receiver.on('/told').at(-1)!.body).toMatchObject({
      type: 'message.feedback',
      data: { rating: 'down', by: 'contact', bot_id: home.botId, message: { id: replyId } },
    });
    const values = await counted();
    expect(values).toMatchObject({
      opinions: had.opinions + 1,
      down: had.down + 1,
      down_rules: had.down_rules + 1,
    });
    await api('POST', `/v1/messages/${replyId}/feedback`, { rating: 'up' });
    expect(await counted()).toMatchObject({ opinions: values.opinions, up: had.up + 1, down: had.down });
  });

  it('that an answer was not good makes its question something to learn, once', async () => {
    const { replyId, askedId } = await answered('open the gates for ada@example.com');
    for (const reason of ['unclear', 'tone', undefined])
      await api('POST', `/v1/messages/${replyId}/feedback`, { rating: 'down', ...(reason && { reason }) });
    const { data } = (await api('GET', `/v1/bot-proposals?bot_id=${home.botId}`)).body;
    const lessons = data.filter(({ text }: { text: string }) => text.startsWith('open the gates'));
    expect(lessons).toMatchObject([{ source: 'feedback', times: 1, answer: null }]);
    expect(JSON.stringify(lessons)).not.toContain('ada@example.com');
    expect(askedId).toMatch(/^msg_/);
  });

  it('is given on what a bot said, in one’s own conversation, and in known words', async () => {
    const mine = await answered('when open');
    const others = await answered('when open');
    const toOthers = await mine.visitor('POST', `/v1/widget/messages/${others.replyId}/feedback`, {
      rating: 'up',
    });
    expect([toOthers.status, toOthers.body.code]).toEqual([404, 'state/not-found']);
    const onOwn = await api('POST', `/v1/messages/${mine.askedId}/feedback`, { rating: 'up' });
    expect([onOwn.status, onOwn.body.code]).toEqual([409, 'state/conflict']);
    const wrong = await api('POST', `/v1/messages/${mine.replyId}/feedback`, { rating: 'fine' });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/rating']);
    const asVisitor = { rating: 'up', by: 'operator' };
    const byVisitor = await mine.visitor('POST', `/v1/widget/messages/${mine.replyId}/feedback`, asVisitor);
    expect(byVisitor.status).toBe(422);
    const viewer = await memberOf(booted, home.workspaceId, 'viewer', 'viewer-feedback');
    expect((await viewer('POST', `/v1/messages/${mine.replyId}/feedback`, { rating: 'up' })).status).toBe(
      403,
    );
  });
});
