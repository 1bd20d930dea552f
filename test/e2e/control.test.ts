import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BotDefinition, uuidOf, type BotId } from '#libs/model';
import { Bots } from '#libs/store';
import { apiOf, boot, makeWorkspace, queuesHere, type Api, type Booted } from '../support/boot.js';
import { until } from '../support/until.js';

const sayNode = (text: string, next?: string) => ({
  type: 'say',
  content: [{ type: 'text', text }],
  ...(next && { next }),
});

/** Answers everything, and has a flow that hands over and goes on afterwards. */
const definition = BotDefinition.parse({
  persona: { name: 'Ada' },
  rules: [{ id: 'help', when: { words: ['help'] }, start_flow: 'help' }],
  flows: [
    {
      schema: 1,
      id: 'help',
      title: 'Help',
      start: 'over',
      nodes: {
        over: { type: 'hand_over', reason: 'Asked for help', department: 'returns', next: 'back' },
        back: sayNode('I am back. Did my colleague help?'),
      },
    },
  ],
  fallback: [{ type: 'text', text: 'answer' }],
});

interface Logged {
  type: string;
  data: { message?: { author: string; direction: string }; to?: string; from?: string; department?: string };
}

describe.each(queuesHere())('who may answer, with the queue on %s', (queue) => {
  let booted: Booted;
  let api: Api;
  let botId: BotId;
  let channelId: string;

  beforeAll(async () => {
    booted = await boot({ queue });
    const home = await makeWorkspace(booted, 'Control');
    api = apiOf(booted, home.key);
    channelId = home.channelId;
    const bots = booted.gateway.get(Bots);
    botId = (await bots.create(home.workspaceId, { name: 'Ada', definition, actor: 'system' })).id;
    expect((await api('PATCH', `/v1/channels/${channelId}`, { bot_id: botId })).status).toBe(200);
  });
  afterAll(() => booted?.close());

  async function open(): Promise<{ session: string; conversation: string }> {
    const { body } = await api('POST', '/v1/sessions', { channel_id: channelId });
    return { session: body.id as string, conversation: body.conversation_id as string };
  }
  const say = (session: string, text: string) =>
    api('POST', '/v1/messages', { session_id: session, text, respond: 'async' });
  const pass = (conversation: string, to: string, more: object = {}) =>
    api('POST', `/v1/conversations/${conversation}/control`, { to, ...more });
  async function said(conversation: string): Promise<{ author: string; text: string }[]> {
    const { body } = await api('GET', `/v1/conversations/${conversation}/messages?order=asc&limit=100`);
    return (body.data as { author: string; parts: { text: string }[] }[]).map(({ author, parts }) => ({
      author,
      text: parts[0]!.text,
    }));
  }
  async function log(conversation: string): Promise<Logged[]> {
    const { rows } = await booted.owner.query<Logged>(
      `select type, case when e.data ? 'message' then
         e.data || jsonb_build_object('message', jsonb_build_object('author', m.author, 'direction', m.direction)) else e.data end as data
       from event e left join message m on m.id = (e.data->>'message')::uuid
       where e.conversation_id = $1 order by e.seq`,
      [uuidOf(conversation)],
    );
    return rows;
  }
  it('is told in the log, and the bot is silent until it has the conversation back', async () => {
    const { session, conversation } = await open();
    await say(session, 'help');
    await until('it waits for an operator', async () => {
      const { body } = await api('GET', `/v1/conversations/${conversation}`);
      return body.owner === 'queue';
    });
    const taken = await pass(conversation, 'operator', { reason: 'I take it', expected_owner: 'queue' });
    expect(taken.body).toMatchObject({ owner: 'operator' });
    await say(session, 'are you there?');
    await until('it is recorded', async () => (await said(conversation)).length === 2);
    expect((await said(conversation)).map(({ author }) => author)).toEqual(['contact', 'contact']);
    expect((await pass(conversation, 'bot', { reason: 'Solved' })).body).toMatchObject({ owner: 'bot' });
    await until('the flow goes on', async () =>
      (await said(conversation)).some(({ text }) => text.startsWith('I am back')),
    );
  });

  it('changes hands once for those who expect the same', async () => {
    const { session, conversation } = await open();
    await say(session, 'hello');
    await until('an answer', async () => (await said(conversation)).length === 2);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => pass(conversation, 'operator', { expected_owner: 'bot' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 409, 409, 409, 409, 409, 409, 409,
    ]);
    expect(answers.find(({ status }) => status === 409)!.body.code).toBe('state/conflict');
    expect((await pass('conv_01jd7z3q9ve8g8kq0w2m5n6p7r', 'bot')).status).toBe(404);
    expect((await pass(conversation, 'nobody')).status).toBe(422);
  });

  it('is never the bot after somebody took over, in any race', async () => {
    const opened = await Promise.all(Array.from({ length: 12 }, () => open()));
    await Promise.all(
      opened.map(async ({ session, conversation }, n) => {
        const saying = ['a', 'b', 'c'].map((text) => say(session, text));
        if (n % 2 === 0) await saying[0];
        expect((await pass(conversation, 'operator')).status).toBe(200);
        await Promise.all(saying);
      }),
    );
    await until('all is handled', async () => {
      const { rows } = await booted.owner.query<{ n: number }>(
        "select count(*)::int as n from inbox_event where status = 'pending'",
      );
      return rows[0]!.n === 0;
    });
    for (const { conversation } of opened) {
      const events = await log(conversation);
      const at = events.findIndex(({ type }) => type === 'control.changed');
      expect(at).toBeGreaterThanOrEqual(0);
      const later = events
        .slice(at)
        .filter(({ type, data }) => type === 'message.created' && data.message?.author === 'bot');
      expect(later).toEqual([]);
    }
  });
});
