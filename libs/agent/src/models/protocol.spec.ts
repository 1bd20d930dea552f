import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { AgentModel, newId } from '#libs/model';
import { recordingFetch, type SeenRequest } from '../testkit/recording-fetch.js';
import { portsOf } from '../testkit/scripted-model.js';
import { Toolbox } from '../tools/toolbox.js';
import { callModel, type ModelAnswer } from './one-call.js';
import { resolveModel } from './resolve-model.js';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}.sse`, import.meta.url));
const wordsOf = fixture('openai-words');
const callsOf = fixture('openai-two-calls');
const searchOrders = {
  id: 'search_orders',
  description: 'Looks up an order.',
  schema: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
  approval: 'none' as const,
  run: async () => ({ ok: false as const, code: 'never-run' }),
};

/** An event stream whose bytes come in these pieces. */
function streamed(pieces: readonly Uint8Array[], ends = true): Response {
  const rest = [...pieces];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const next = rest.shift();
      if (next) controller.enqueue(next);
      else if (ends) controller.close();
      else return new Promise<void>(() => undefined);
      return undefined;
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
const cutAt = (bytes: Buffer, ...places: number[]): Buffer[] =>
  [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));

async function ask(
  answer: (request: SeenRequest) => Response | Promise<Response>,
  model: Record<string, unknown> = {},
  silenceMs = 5_000,
): Promise<ModelAnswer & { requests: SeenRequest[] }> {
  const { fetch, requests } = recordingFetch(answer);
  const spec = AgentModel.parse({
    provider: 'openai_compatible',
    name: 'local-1',
    base_url: 'http://model.local/v1',
    key: 'model_key',
    ...model,
  });
  const ports = portsOf({ fetch, secretOf: async (_, name) => (name === 'model_key' ? 'sk-local' : null) });
  const said = await callModel(await resolveModel(spec, newId('workspace'), ports), {
    system: 'You are Robin.',
    messages: [{ role: 'user', content: 'Hallo' }],
    tools: new Toolbox([searchOrders]).offered,
    mayCallTools: true,
    outputTokensMax: 200,
    signal: new AbortController().signal,
    silenceMs,
    charactersMax: 5_000,
    callsMax: 5,
    onText: () => undefined,
  });
  return { ...said, requests };
}

const spoken = {
  ok: true,
  text: 'Schöne Grüße 👩‍👩‍👧, wir öffnen um neun. data: nicht\n\n日本語もどうぞ。',
  usage: { inputTokens: 31, outputTokens: 17, isEstimated: false },
};
const wanted = {
  ok: true,
  calls: [
    { tool: 'search_orders', input: { order: 'Größe-7' } },
    { tool: 'search_orders', input: { order: '8' } },
  ],
};

// Thousands of answers: the machine may have others to serve.
vi.setConfig({ testTimeout: 60_000 });

describe('the protocol of OpenAI', () => {
  it('is spoken to the address of the definition with its key, and to nobody else', async () => {
    const { requests } = await ask(() => streamed([wordsOf]));
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      url: 'http://model.local/v1/chat/completions',
      headers: { authorization: 'Bearer sk-local' },
    });
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      model: 'local-1',
      stream: true,
      max_tokens: 200,
      messages: [
        { role: 'system', content: 'You are Robin.' },
        { role: 'user', content: 'Hallo' },
      ],
      tools: [{ type: 'function', function: { name: 'search_orders' } }],
    });
  });

  it('is understood wherever its bytes are cut: within signs, field names, numbers and JSON', async () => {
    for (const [bytes, expected] of [
      [wordsOf, spoken],
      [callsOf, wanted],
    ] as const) {
      const places = Array.from({ length: bytes.length - 1 }, (_, at) => at + 1);
      // Every place that is within a sign of several bytes, and every 23rd of the others, within names, numbers and JSON.
      const hostile = places.filter((at) => (bytes[at]! & 0xc0) === 0x80 || at % 23 === 0);
      for (const at of hostile) expect(await ask(() => streamed(cutAt(bytes, at)))).toMatchObject(expected);
    }
  });

  it('is understood byte by byte', async () => {
    const bytes = [...wordsOf].map((byte) => Uint8Array.of(byte));
    expect(await ask(() => streamed(bytes))).toMatchObject(spoken);
    expect(await ask(() => streamed([...callsOf].map((byte) => Uint8Array.of(byte))))).toMatchObject(wanted);
  });

  it('with other line ends is understood too', async () => {
    const bytes = Buffer.from(wordsOf.toString('utf8').replaceAll('\n', '\r\n'));
    expect(await ask(() => streamed(cutAt(bytes, 101, 333)))).toMatchObject(spoken);
  });

  it.each([
    ['that stops in the midst and stays open', () => streamed([wordsOf.subarray(0, 700)], false), 'stalled'],
    ['that never begins', () => streamed([], false), 'silent'],
    ['that only comments', () => streamed([Buffer.from(': ping\n\n')], false), 'silent'],
    ['of 500', async () => new Response('no', { status: 500 }), 'down'],
    ['of 503 in HTML', async () => new Response('<h1>no</h1>', { status: 503 }), 'down'],
    [
      'of 401',
      async () => Response.json({ error: { message: 'sk-local is wrong' } }, { status: 401 }),
      'credentials',
    ],
    ['of 429', async () => Response.json({ error: {} }, { status: 429 }), 'throttled'],
    ['of 400', async () => Response.json({ error: {} }, { status: 400 }), 'refused'],
    ['that is refused', () => Promise.reject(new TypeError('fetch failed')), 'down'],
    [
      'that leads elsewhere',
      async () => new Response(null, { status: 302, headers: { location: 'http://evil.example' } }),
      'down',
    ],
    ['of broken JSON', () => streamed([Buffer.from('data: {"choices": [{"delta"\n\n')]), 'down'],
    [
      'with an error in it',
      () => streamed([Buffer.from('data: {"error":{"message":"overloaded"}}\n\n')]),
      'down',
    ],
  ])('gives a reason for an answer %s', async (_, answer, reason) => {
    const said = await ask(answer, {}, 300);
    expect(said).toMatchObject({ ok: false, reason });
    expect(JSON.stringify({ ...said, requests: [] })).not.toContain('sk-local');
  });
});

describe('the protocol of Anthropic', () => {
  it('is understood wherever its bytes are cut', async () => {
    const bytes = fixture('anthropic-words');
    const model = { provider: 'anthropic', base_url: 'https://models.example/v1' };
    for (let at = 1; at < bytes.length; at += 13) {
      const said = await ask(() => streamed(cutAt(bytes, at)), model);
      expect(said).toMatchObject({
        ok: true,
        text: 'Grüße 👋, wir öffnen um neun.',
        usage: { inputTokens: 25, outputTokens: 15 },
      });
      expect(said.requests[0]).toMatchObject({
        url: 'https://models.example/v1/messages',
        headers: { 'x-api-key': 'sk-local' },
      });
    }
  });
});

describe('a provider', () => {
  it.each([
    ['openai', 'https://api.openai.com/v1/chat/completions'],
    ['anthropic', 'https://api.anthropic.com/v1/messages'],
  ])('%s is where it is, whatever the environment says', async (provider, url) => {
    const { requests } = await ask(() => new Response('', { status: 500 }), {
      provider,
      base_url: undefined,
    });
    expect(requests[0]?.url).toBe(url);
  });

  it('of the installation is called with its own address and key', async () => {
    const { fetch, requests } = recordingFetch(() => streamed([wordsOf]));
    const installed = {
      provider: 'openai_compatible',
      name: 'big',
      baseUrl: 'http://here/v1',
      key: 'k',
    } as const;
    const spec = AgentModel.parse({ provider: 'installation' });
    const resolved = await resolveModel(spec, newId('workspace'), portsOf({ fetch, installed }));
    expect(resolved.label).toBe('installation/big');
    expect(requests).toEqual([]);
    expect(AgentModel.safeParse({ provider: 'installation', base_url: 'http://evil.example' }).success).toBe(
      false,
    );
  });
});
