import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BotDefinition, CreateWebhookEndpoint, RecoverWebhooks, WebhookPayload } from '#libs/model';
import { registry, type EgressFetch, type HookRequest } from '#libs/connectors';

const root = join(import.meta.dirname, '../..');
const webhook = registry.get('webhook')!;
const destination = {
  thread: 'me',
  address: { kind: 'external', value: 'me' },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
};
const noFile = (): Promise<never> => Promise.reject(new Error('There is no file here.'));
const to = (fetch: EgressFetch, settings: unknown) => ({
  settings,
  fetch,
  signal: AbortSignal.timeout(5000),
  now: () => Date.now(),
  linkTo: noFile,
  readMedia: noFile,
});
const hook = (body: string, headers: HookRequest['headers'] = {}): HookRequest => ({
  method: 'POST',
  url: 'http://localhost/hooks/webhook/chan_1',
  query: {},
  headers,
  body: Buffer.from(body),
  receivedAt: Date.now(),
});

const realFetch: EgressFetch = async (url, request = {}) => {
  const { method, headers, body } = request;
  const answer = await fetch(url, {
    ...(method && { method }),
    ...(headers && { headers }),
    ...(body && { body: body as string }),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: bytes,
    text: () => bytes.toString(),
  };
};

describe('the guide for developers', () => {
  const page = readFileSync(join(root, 'docs/guides/developers.md'), 'utf8');
  const blocks = [...page.matchAll(/```json\n([^`]+)```/g)].map((match) => match[1] ?? '');
  const inbound = blocks.filter((block) => !block.includes('conversation_id'));
  const outbound = blocks.filter((block) => block.includes('"sent_at"'));

  it.each(inbound)('shows a post that is taken whole: %s', (block) => {
    const settings = {};
    const { events } = webhook.webhook!.decode(hook(block), settings);
    expect(events.length).toBeGreaterThan(0);
    expect(events.flatMap(({ event }) => (event.kind === 'ignored' ? [event.reason] : []))).toEqual([]);
  });

  it('shows what Parley really posts', async () => {
    const posted: string[] = [];
    const settings = webhook.manifest.settings.parse({
      url: 'https://chat.example/in',
      inbound_secret: `whsec_${Buffer.alloc(32).toString('base64')}`,
      outbound_secret: `whsec_${Buffer.alloc(32).toString('base64')}`,
    });
    const { parts } = webhook.outbound.plan([{ type: 'text', text: 'Hello! How can I help?' }], settings);
    const keep: EgressFetch = (_url, request) => {
      posted.push(String(request?.body));
      return Promise.resolve({ status: 200, headers: {}, body: new Uint8Array(), text: () => '' });
    };
    await webhook.outbound.deliver(parts[0]!, destination, 'dlv_1', to(keep, settings));
    const shown = JSON.parse(outbound[0] ?? '{}') as Record<string, unknown>;
    const real = JSON.parse(posted[0] ?? '{}') as Record<string, unknown>;
    expect(Object.keys(shown)).toEqual(Object.keys(real));
    expect(shown['content']).toEqual(real['content']);
  });
});

describe('the guide for bot authors', () => {
  it('shows a definition that is valid, down to the last field', () => {
    const page = readFileSync(join(root, 'docs/guides/bot-authors.md'), 'utf8');
    const [, block = ''] = /```json\n([^`]+)```/.exec(page) ?? [];
    expect(BotDefinition.parse(JSON.parse(block)).rules).toHaveLength(3);
  });
});

describe('the guide to webhooks', () => {
  it('shows requests and a webhook that are valid', () => {
    const page = readFileSync(join(root, 'docs/guides/webhooks.md'), 'utf8');
    const bodies = [...page.matchAll(/-d '(\{[^']+\})'/g)].map(([, body = '']) => JSON.parse(body) as object);
    expect(bodies).toHaveLength(2);
    expect(CreateWebhookEndpoint.parse(bodies[0]).include).toEqual(['contact', 'metadata']);
    expect(RecoverWebhooks.parse(bodies[1]).dry_run).toBe(true);
    const [, webhook = ''] = /```json\n([^`]+)```/.exec(page) ?? [];
    const id = (prefix: string) => `${prefix}_${'0'.repeat(26)}`;
    const filled = webhook.replace(/(\w+)_…/g, (_, prefix: string) => id(prefix));
    expect(WebhookPayload.parse(JSON.parse(filled)).data.seq).toBe(4);
  });
});

describe('docs/examples/terminal-channel.mjs', () => {
  let parley: Server;
  let terminal: ChildProcess;
  afterEach(() => {
    terminal.kill();
    parley.close();
  });

  it('registers a channel, signs what is typed, and shows only what Parley has signed', async () => {
    let settings: Record<string, unknown> = {};
    const hooks: HookRequest[] = [];
    const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk as string;
      if (request.url === '/v1/channels') {
        settings = (JSON.parse(body) as { settings: Record<string, unknown> }).settings;
        const { port } = parley.address() as AddressInfo;
        response.end(
          JSON.stringify({ id: 'chan_1', webhook_url: `http://127.0.0.1:${port}/hooks/webhook/chan_1` }),
        );
      } else {
        hooks.push(hook(body, request.headers as Record<string, string>));
        response.end('{}');
      }
    };
    parley = createServer((request, response) => void answer(request, response));
    await once(parley.listen(0, '127.0.0.1'), 'listening');
    const address = `http://127.0.0.1:${(parley.address() as AddressInfo).port}`;

    let said = '';
    terminal = spawn(process.execPath, ['docs/examples/terminal-channel.mjs', address, 'key'], { cwd: root });
    terminal.stdout!.on('data', (chunk) => (said += String(chunk)));
    await vi.waitFor(() => expect(said).toContain('chan_1 is ready'), 5000);

    const parsed = webhook.manifest.settings.parse(settings);
    terminal.stdin!.write('Hello there\n');
    await vi.waitFor(() => expect(hooks).toHaveLength(1), 5000);
    expect(webhook.webhook!.authenticate(hooks[0]!, parsed)).toEqual({ genuine: true });
    expect(webhook.webhook!.decode(hooks[0]!, parsed).events[0]?.event).toMatchObject({
      kind: 'message',
      content: [{ type: 'text', text: 'Hello there' }],
    });

    const { parts } = webhook.outbound.plan([{ type: 'text', text: 'Hello back' }], parsed);
    const send = (): Promise<unknown> =>
      webhook.outbound.deliver(parts[0]!, destination, 'dlv_1', to(realFetch, parsed));
    await expect(send()).resolves.toMatchObject({ providerRef: 'dlv_1' });
    await send();
    await vi.waitFor(() => expect(said).toContain('bot: Hello back'), 5000);
    expect(said.match(/Hello back/g)).toHaveLength(1);

    const unsigned = await fetch(String(settings['url']), { method: 'POST', body: '{}' });
    expect(unsigned.status).toBe(401);
  });
});
