import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EgressFetch, EgressRequest } from '#libs/connectors';
import { createEmbedder } from './embedder.js';

const asked: { url: string; request: EgressRequest }[] = [];
function embedderOf(status: number, body: unknown, key?: string) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const fetch: EgressFetch = async (url, request = {}) => {
    asked.push({ url, request });
    return { status, headers: {}, body: Buffer.from(text), text: () => text };
  };
  const settings = { url: 'https://e.example/v1', model: 'm', timeoutMs: 5_000 };
  return createEmbedder({ ...settings, ...(key && { key: createSecretKey(Buffer.from(key)) }) }, fetch);
}
const data = (...vectors: [index: number, embedding: unknown][]) => ({
  data: vectors.map(([index, embedding]) => ({ index, embedding })),
});

describe('embeddings', () => {
  it('come in the order of their texts, each of length 1, for one call with the key', async () => {
    const embedder = embedderOf(200, data([1, [0, 2]], [0, [3, 4]]), 'sk-1');
    expect(await embedder.embed(['a', 'b'])).toEqual([
      [0.6, 0.8],
      [0, 1],
    ]);
    const { url, request } = asked.at(-1)!;
    expect(url).toBe('https://e.example/v1/embeddings');
    expect(request.headers?.['authorization']).toBe('Bearer sk-1');
    expect(JSON.parse(String(request.body))).toEqual({ model: 'm', input: ['a', 'b'] });
  });

  it('of nothing are nothing, without a call', async () => {
    const calls = asked.length;
    expect(await embedderOf(500, '').embed([])).toEqual([]);
    expect(asked).toHaveLength(calls);
  });

  it.each([
    [401, 'channel/credentials'],
    [429, 'channel/throttled'],
    [503, 'channel/unreachable'],
    [400, 'channel/rejected'],
  ])('end with what HTTP %i means', async (status, code) => {
    await expect(embedderOf(status, '').embed(['a'])).rejects.toMatchObject({ code });
  });

  it.each([
    ['no JSON', 'oops'],
    ['another form', { vectors: [] }],
    ['too few', data()],
    ['no numbers', data([0, ['x']])],
    ['no direction', data([0, [0, 0]])],
    ['no length', data([0, []])],
    ['two lengths', data([0, [1]], [1, [1, 2]])],
  ])('that are of %s are refused', async (_, body) => {
    const texts = body instanceof Object && 'data' in body && body.data.length === 2 ? ['a', 'b'] : ['a'];
    await expect(embedderOf(200, body).embed(texts)).rejects.toMatchObject({ code: 'channel/rejected' });
  });
});
