import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  ConflictError,
  type Fetch,
  InvalidRequestError,
  NotFoundError,
  Parley,
  PermissionError,
  type StreamEvent,
} from '#libs/sdk';
import { boot, type Booted, keyFor, makeWorkspace, type TestWorkspace } from '../support/boot.js';
import { programs } from '../support/programs.js';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';
import { until } from '../support/until.js';

let booted: Booted;
let home: TestWorkspace;
let parley: Parley;
let receiver: WebhookReceiver;
let page: Server;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-sdk-'));
  page = await servePage();
  booted = await boot({ env: { PARLEY_CORS_ORIGINS: originOf(page) } });
  home = await makeWorkspace(booted);
  receiver = await startReceiver();
  parley = new Parley({ baseUrl: booted.url, apiKey: home.key });
});
afterAll(async () => {
  await booted?.close();
  await receiver?.close();
  page?.close();
  rmSync(folder, { recursive: true, force: true });
});

const HTML = `<!doctype html><title>x</title><link rel="icon" href="data:,">
<script type="module">import * as sdk from '/parley.js'; globalThis.sdk = sdk;</script>`;

/** What the page has loaded. */
declare const sdk: typeof import('#libs/sdk');

/** The client as one file, and an empty page, on an origin of their own. */
async function servePage(): Promise<Server> {
  execFileSync(process.execPath, ['tools/build-sdk.mjs', folder], { stdio: 'inherit' });
  const file = readdirSync(folder).find((name) => name.endsWith('js'))!;
  const script = readFileSync(path.join(folder, file));
  const server = createServer(({ url }, response) => {
    const isScript = url === '/parley.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

describe('the client, in Node', () => {
  it('has a conversation', async () => {
    const session = await parley.sessions.create({ contact: { external_id: 'u_1', name: 'Ada' } });
    const answer = await parley.messages.create({ session_id: session.id, text: 'When are you open?' });
    expect(answer.status).toBe('completed');
    expect(answer.replies.flatMap(({ parts }) => parts)).toMatchObject([
      { type: 'text', text: 'From nine to five.' },
    ]);
    const seen: string[] = [];
    for await (const message of parley.conversations.messages(session.conversation_id, {
      order: 'asc',
      limit: 1,
    })) {
      seen.push(message.author);
    }
    expect(seen).toEqual(['bot', 'contact', 'bot']);
  });

  it('hears a turn as it happens, to its end', async () => {
    const session = await parley.sessions.create();
    const events: StreamEvent[] = [];
    for await (const event of parley.messages.stream({ session_id: session.id, text: 'open' }))
      events.push(event);
    expect(events.at(-1)?.type).toBe('turn.completed');
    expect(events.filter(({ type }) => type === 'message.created')).toHaveLength(2);
  });

  it('misses nothing and hears nothing twice when its line is cut again and again', async () => {
    const session = await parley.sessions.create();
    const count = 6;
    for (let at = 0; at < count; at++) {
      await parley.messages.create({ session_id: session.id, text: `open ${at}` });
    }
    const head = (await parley.conversations.get(session.conversation_id)).last_seq;
    let lines = 0;
    const cutting: Fetch = async (url, init) => cut(await fetch(url, init), ++lines);
    const positions: number[] = [];
    const shaky = parley.with({ fetch: cutting });
    for await (const { seq } of shaky.conversations.follow(session.conversation_id, { after: 0 })) {
      if (seq !== undefined) positions.push(seq);
      if (seq === head) break;
    }
    expect(positions).toEqual(Array.from({ length: head }, (_, at) => at + 1));
    expect(lines).toBeGreaterThan(2);
  });

  it('writes once, however often the answer is lost', async () => {
    let attempts = 0;
    const losing: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (++attempts > 2) return response;
      await response.arrayBuffer();
      throw new TypeError('lost');
    };
    const made = await parley.with({ fetch: losing }).bots.create({
      name: 'Once',
      definition: { persona: { name: 'A' }, fallback: [{ type: 'text', text: 'x' }] },
    });
    const bots = [];
    for await (const bot of parley.bots.list()) if (bot.name === 'Once') bots.push(bot.id);
    expect([attempts, bots]).toEqual([3, [made.id]]);
  });

  it('makes one thing of fifty calls at once under one key', async () => {
    const calls = Array.from({ length: 50 }, () =>
      parley.contacts.create({ name: 'Fifty' }, { idempotencyKey: 'fifty', maxRetries: 5 }),
    );
    expect(new Set((await Promise.all(calls)).map(({ id }) => id)).size).toBe(1);
  });

  it('throws by class and code', async () => {
    const powerless = parley.with({ apiKey: await keyFor(booted, home.workspaceId, []) });
    await expect(parley.with({ apiKey: 'x' }).me.get()).rejects.toBeInstanceOf(AuthenticationError);
    await expect(powerless.bots.list()).rejects.toBeInstanceOf(PermissionError);
    await expect(parley.bots.get('bot_x')).rejects.toBeInstanceOf(NotFoundError);
    const invalid = parley.sessions.create({ ttl_seconds: 1 });
    await expect(invalid).rejects.toBeInstanceOf(InvalidRequestError);
    await expect(invalid).rejects.toMatchObject({
      code: 'input/invalid',
      fields: [{ pointer: '/ttl_seconds' }],
    });
    const identity = { kind: 'email', value: 'taken@example.com' };
    await parley.contacts.create({ identities: [identity] });
    await expect(parley.contacts.create({ identities: [identity] })).rejects.toBeInstanceOf(ConflictError);
  });

  it('hands in files, and reads routes that have no method', async () => {
    const stored = await parley.media.take(new Blob(['hello'], { type: 'text/plain' }), {
      file_name: 'a.txt',
    });
    expect(stored.url).toMatch(/^media:/);
    const { data, error } = await parley.http.GET('/v1/bots/{id}', { params: { path: { id: home.botId } } });
    expect([data?.name, error]).toEqual(['Ada', undefined]);
  });

  it('proves the webhooks that Parley sends', async () => {
    const endpoint = await parley.webhookEndpoints.create({
      url: `${receiver.url}/sdk`,
      types: ['message.created'],
    });
    const session = await parley.sessions.create();
    await parley.messages.create({ session_id: session.id, text: 'open' });
    const hook = await until('a webhook came', () => receiver.on('/sdk', 'message.created')[0]);
    const event = await parley.webhooks.verify(hook.text, hook.headers, endpoint.secret);
    expect(event.type).toBe('message.created');
    await expect(parley.webhooks.verify(`${hook.text} `, hook.headers, endpoint.secret)).rejects.toThrow(
      'No signature',
    );
    await parley.webhookEndpoints.remove(endpoint.id);
  });
});

/** The first lines end after some bytes, wherever that is. */
function cut(response: Response, line: number): Response {
  if (line > 4 || !response.body) return response;
  const reader = response.body.getReader();
  let left = 700 * line;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (value) controller.enqueue(value.slice(0, left));
      left -= value?.length ?? 0;
      if (!done && left > 0) return;
      await reader.cancel();
      controller.close();
    },
  });
  return new Response(body, response);
}

describe.runIf(programs.chromium)('the client, in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: programs.chromium!,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
  });
  afterAll(() => browser?.close());

  it('speaks for a visitor with their token, and hears the answer', async () => {
    const session = await parley.sessions.create();
    const tab = await browser.newPage();
    await tab.goto(originOf(page));
    await tab.waitForFunction('globalThis.sdk');
    const heard = await tab.evaluate(
      async ([baseUrl, apiKey]) => {
        const { Parley } = sdk;
        const client = new Parley({ baseUrl: baseUrl!, apiKey: apiKey! });
        const events = client.widget.follow({ after: 0 });
        await client.widget.say({ client_id: 'b-1', text: 'open' });
        const texts: string[] = [];
        for await (const event of events) {
          if (event.type === 'message.created') texts.push(JSON.stringify(event.data));
          if (texts.some((text) => text.includes('From nine to five.'))) break;
        }
        const refused = await client.me
          .get()
          .catch((error: { name: string; code: string }) => [error.name, error.code]);
        return { texts: texts.length, refused };
      },
      [booted.url, session.client_token],
    );
    expect(heard.texts).toBeGreaterThan(1);
    expect(heard.refused).toEqual(['AuthenticationError', 'access/invalid-api-key']);
    await tab.close();
  });

  it('checks signatures there too', async () => {
    const tab = await browser.newPage();
    await tab.goto(originOf(page));
    await tab.waitForFunction('globalThis.sdk');
    const type = await tab.evaluate(async () => {
      const { webhooks } = sdk;
      const secret = `whsec_${btoa('x'.repeat(24))}`;
      const body = '{"type":"message.created"}';
      return (await webhooks.verify(body, await webhooks.sign(body, secret), secret)).type;
    });
    expect(type).toBe('message.created');
    await tab.close();
  });
});
