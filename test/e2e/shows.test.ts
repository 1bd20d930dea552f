import { randomBytes, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { traceText } from '#libs/bot';
import { BotDefinition, uuidOf, type TraceStep } from '#libs/model';
import { Bots } from '#libs/store';
import { startDemoService, type DemoService } from '../../apps/launcher/src/demo-service/demo-service.js';
import { signatureOf } from '../../libs/connectors/src/slack/authenticate.js';
import { startStubServer, type StubServer } from '../../libs/connectors/src/testkit/stub-server.js';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { BOT, BOT_TOKEN, FakeSlack } from '../support/fake-slack.js';
import { startModelServer, type ModelServer } from '../support/model-server.js';
import { until } from '../support/until.js';

/** Where the conversations are written with their traces, for somebody who wants to read them. */
const tracePath = process.env['PARLEY_TRACE_FILE'];

const text = (said: string) => [{ type: 'text', text: said }];

/** Rules, a flow, knowledge, a model with a tool, and people: one of everything. */
const definitionWith = (modelUrl: string, baseId: string) =>
  BotDefinition.parse({
    persona: { name: 'Robin', disclosure: 'I am an automated assistant.' },
    rules: [
      { id: 'hours', when: { words: ['opening hours'] }, reply: text('We are open from nine to five.') },
      { id: 'size', when: { words: ['frame size'] }, start_flow: 'size' },
      { id: 'person', when: { words: ['colleague'] }, start_flow: 'person' },
    ],
    flows: [
      {
        schema: 1,
        id: 'size',
        title: 'Size of a frame',
        start: 'height',
        nodes: {
          height: {
            type: 'ask',
            text: 'How tall are you, in centimetres?',
            into: 'height',
            expect: { kind: 'number', integer: true, min: 100, max: 230 },
            next: 'size',
          },
          size: { type: 'set', values: { size: 'fields.height > 180 ? "L" : "M"' }, next: 'tell' },
          tell: { type: 'say', content: text('A frame of size {{ fields.size }} will fit you.') },
        },
      },
      {
        schema: 1,
        id: 'person',
        title: 'A person',
        start: 'say',
        nodes: {
          say: { type: 'say', content: text('I am passing you on.'), next: 'over' },
          over: { type: 'hand_over', reason: 'Asked for a colleague', department: 'workshop', next: 'back' },
          back: { type: 'say', content: text('I am back. Did my colleague help?') },
        },
      },
    ],
    tools: [
      {
        name: 'orders.find',
        description: 'Finds an order.',
        method: 'GET',
        url: 'http://demo.parley.invalid/orders/{order}',
        input: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
      },
    ],
    knowledge: { bases: [baseId] },
    agent: {
      models: [
        {
          provider: 'openai_compatible',
          name: 'scripted',
          base_url: modelUrl,
          price: { input_per_million: 1, output_per_million: 4 },
        },
      ],
      tools: [{ tool: 'search_orders' }],
      // What happens with a slow model is shown elsewhere; here the machine may be.
      limits: { silence_ms: 30_000, seconds: 60 },
    },
    csat: { text: 'How was it?', after_goals: [] },
    fallback: text('I do not know.'),
  });

/** What a person writes, and what must come back. */
const script: readonly (readonly [string, string])[] = [
  ['What are your opening hours?', 'nine to five'],
  ['Which frame size do I need?', 'How tall are you'],
  ['185 cm', 'size L'],
  ['How long can I send something back?', '30 days'],
  ['Could you see whether parcel 1042 has left the warehouse?', 'on its way'],
  ['Let me talk to a colleague', 'passing you on'],
];

/** One way to talk to the same bot. */
interface Channel {
  name: string;
  channelId: string;
  say(text: string): Promise<void>;
  /** What has arrived at the person's end, oldest first. */
  heard(): Promise<string[]>;
}

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let model: ModelServer;
let service: DemoService;
let slack: FakeSlack;
let provider: StubServer;
const printed: string[] = [];

beforeAll(async () => {
  [model, service, slack, provider] = await Promise.all([
    startModelServer(),
    startDemoService(),
    FakeSlack.start(),
    startStubServer(({ method }) => method === 'HEAD'),
  ]);
  booted = await boot({
    env: { PARLEY_DEMO_SERVICE: service.url, PARLEY_PUBLIC_URL: 'https://parley.example' },
  });
  home = await makeWorkspace(booted, 'Shows');
  api = apiOf(booted, home.key);
  const baseId = (await api('POST', '/v1/knowledge-bases', { name: 'Help' })).body.id as string;
  const source = await api('POST', `/v1/knowledge-bases/${baseId}/sources`, {
    kind: 'text',
    title: 'Returns',
    text: '# How long can I send something back?\nYou can send anything back within 30 days, free of charge.',
  });
  await until('the knowledge is read', async () => {
    const { body } = await api('GET', `/v1/knowledge-sources/${source.body.id}`);
    return body.state === 'ready';
  });
  const definition = definitionWith(model.url, baseId);
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
});
afterAll(async () => {
  if (tracePath !== undefined) writeFileSync(tracePath, `${printed.join('\n')}\n`);
  await booted?.close();
  await Promise.all([model?.close(), service?.close(), slack?.close(), provider?.close()]);
});

async function webChat(): Promise<Channel> {
  const { body } = await api('POST', '/v1/sessions', {
    channel_id: home.channelId,
    contact: { name: 'Ann' },
  });
  return {
    name: 'a web page',
    channelId: home.channelId,
    say: async (said) =>
      void (await api('POST', '/v1/messages', { session_id: body.id, text: said, respond: 'async' })),
    heard: async () => {
      const list = await api('GET', `/v1/conversations/${body.conversation_id}/messages?order=asc&limit=100`);
      return (list.body.data as { direction: string; parts: { text?: string }[] }[])
        .filter(({ direction }) => direction === 'out')
        .map(({ parts }) => parts.map((part) => part.text ?? '').join('\n'));
    },
  };
}

async function slackMessages(): Promise<Channel> {
  const secret = randomBytes(16).toString('hex');
  const settings = { signing_secret: secret, api_url: `${slack.url}/api`, bot_token: BOT_TOKEN };
  const made = await api('POST', '/v1/channels', {
    connector: 'slack',
    name: 'Slack',
    settings,
    bot_id: home.botId,
  });
  const channelId = made.body.id as string;
  return {
    name: 'Slack',
    channelId,
    async say(said) {
      const message = slack.says('D1', { user: 'U0ANN', text: said });
      const body = JSON.stringify({
        type: 'event_callback',
        team_id: BOT.team_id,
        authorizations: [{ team_id: BOT.team_id, user_id: BOT.user_id, is_bot: true }],
        event: { type: 'message', channel: 'D1', channel_type: 'im', ...message },
      });
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const answer = await fetch(`${booted.url}/hooks/slack/${channelId}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': signatureOf(body, timestamp, secret),
        },
        body,
      });
      expect(answer.status).toBe(200);
    },
    heard: async () =>
      (slack.channels.get('D1') ?? [])
        .filter(({ bot_id }) => bot_id === BOT.bot_id)
        .map((message) => JSON.stringify(message)),
  };
}

/** A channel that has no buttons, over a signed webhook in both directions. */
async function plainTexts(): Promise<Channel> {
  const secret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
  const inbound = secret();
  const settings = {
    url: `${provider.url}/texts`,
    inbound_secret: inbound,
    outbound_secret: secret(),
    choices: 'numbered',
    text_max: 160,
  };
  const made = await api('POST', '/v1/channels', {
    connector: 'webhook',
    name: 'Texts',
    settings,
    bot_id: home.botId,
  });
  const channelId = made.body.id as string;
  return {
    name: 'text messages over a webhook',
    channelId,
    async say(said) {
      const [id, at] = [randomUUID(), new Date()];
      const from = { kind: 'phone', value: '+4915112345678' };
      const body = JSON.stringify({ type: 'message', id, from, thread: from.value, text: said });
      const answer = await fetch(`${booted.url}/hooks/webhook/${channelId}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
          'webhook-signature': new Webhook(inbound).sign(id, at, body),
        },
        body,
      });
      expect([answer.status, await answer.text()]).toEqual([200, expect.any(String)]);
    },
    heard: async () => provider.requests.filter(({ path }) => path === '/texts').map(({ body }) => body),
  };
}

interface Spoken {
  author: string;
  content: { text?: string; options?: { label: string }[] }[];
  turn: { outcome: 'answered'; bot_version: number; trace: TraceStep[] } | null;
}

/** The whole conversation for a person to read: what was said, and before each answer of the bot why it was given. */
async function readable(name: string, conversationId: string): Promise<string> {
  const { rows } = await booted.owner.query<Spoken & { turn_id: string | null }>(
    `select m.author, m.content, m.turn_id,
       case when t.id is null then null else json_build_object('outcome', t.outcome, 'bot_version', t.bot_version, 'trace', t.trace) end as turn
     from message m left join turn t on t.workspace_id = m.workspace_id and t.id = m.turn_id
     where m.conversation_id = $1 order by m.seq`,
    [uuidOf(conversationId)],
  );
  const told = new Set<string>();
  const lines = rows.flatMap(({ author, content, turn, turn_id: id }) => {
    const said = content
      .map((piece) => [piece.text, ...(piece.options ?? []).map(({ label }) => `[${label}]`)].join(' '))
      .join(' ');
    const why =
      turn && id !== null && !told.has(id) ? traceText({ ...turn, botVersion: turn.bot_version }) : '';
    if (id !== null) told.add(id);
    return [
      ...why
        .split('\n')
        .filter(Boolean)
        .map((line) => `      | ${line}`),
      `${author.padEnd(8)} ${said}`,
    ];
  });
  return [`=== The same conversation on ${name} ===`, ...lines, ''].join('\n');
}

describe('one conversation', () => {
  it.each([
    ['a web page', webChat],
    ['Slack', slackMessages],
    ['text messages', plainTexts],
  ])(
    'goes rules → flow → knowledge → tool → operator → back: %s',
    async (_, begin) => {
      model.answerWith((asked) =>
        JSON.stringify(asked.messages).includes('ZX-1042')
          ? { text: 'Parcel 1042 is on its way: it should be there on Friday.' }
          : { calls: [['search_orders', { order: '1042' }]] },
      );
      const channel = await begin();
      let before = 0;
      const hears = (words: string) =>
        until(
          `${channel.name} hears “${words}”`,
          async () => {
            const heard = await channel.heard();
            const isThere = heard.slice(before).some((one) => one.includes(words));
            if (isThere) before = heard.length;
            return isThere;
          },
          40_000,
        );
      for (const [said, answer] of script) {
        await channel.say(said);
        await hears(answer);
      }
      const { body } = await api('GET', `/v1/conversations?channel_id=${channel.channelId}`);
      const conversationId = body.data[0].id as string;
      await until('it waits for a person', async () => {
        const found = await api('GET', `/v1/conversations/${conversationId}`);
        return found.body.owner === 'queue';
      });
      await api('POST', `/v1/conversations/${conversationId}/offers`, { operators: ['bo'] });
      const taken = await api('POST', `/v1/conversations/${conversationId}/offers/answer`, {
        operator: 'bo',
        answer: 'accept',
      });
      expect(taken.body.owner).toBe('operator');
      await api('POST', `/v1/conversations/${conversationId}/messages`, { text: 'This is Bo. All is well.' });
      await hears('This is Bo');
      const unheard = 'What are your opening hours?';
      await channel.say(unheard);
      await until('the person is heard, and nobody but Bo answers', async () => {
        const { body: heard } = await api('GET', `/v1/conversations/${conversationId}/messages?limit=1`);
        const { rows: open } = await booted.owner.query('select from mailbox where due_at is not null');
        return heard.data[0]?.parts[0]?.text?.includes(unheard) && open.length === 0;
      });
      await api('POST', `/v1/conversations/${conversationId}/control`, { to: 'bot', reason: 'Solved' });
      await hears('I am back');
      await api('POST', `/v1/conversations/${conversationId}/control`, { to: 'operator' });
      await api('POST', `/v1/conversations/${conversationId}/control`, { to: 'bot', close: true });
      await hears('How was it?');
      await channel.say('very good');
      await hears('Thank you!');

      const { rows } = await booted.owner.query<{ trace: TraceStep[] }>(
        "select trace from turn where conversation_id = $1 and outcome = 'answered' order by started_at",
        [uuidOf(conversationId)],
      );
      const answeredBy = rows.map(
        ({ trace }) =>
          trace.find(({ decision, detail }) => decision === 'answered' && !detail['review'])?.responder,
      );
      expect(answeredBy).toEqual([
        'rules',
        'rules',
        'flows',
        'knowledge',
        'agent',
        'rules',
        'flows',
        'csat',
        'csat',
      ]);
      const agent = rows[4]!.trace.filter(({ responder }) => responder === 'agent');
      expect(agent.some(({ detail }) => Object.values(detail).includes('search_orders'))).toBe(true);
      const events = await booted.owner.query<{ type: string; data: Record<string, unknown> }>(
        "select type, data from event where conversation_id = $1 and type like 'csat.%'",
        [uuidOf(conversationId)],
      );
      expect(events.rows).toEqual([{ type: 'csat.received', data: { score: 5, after: 'operator' } }]);
      printed.push(await readable(channel.name, conversationId));
    },
    120_000,
  );
});
