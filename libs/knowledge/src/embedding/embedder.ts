import type { KeyObject } from 'node:crypto';
import type { EgressFetch } from '#libs/connectors';
import { fault } from '#libs/faults';
import { z } from 'zod';

/** Makes vectors of texts: near vectors mean near things. */
export interface Embedder {
  /** Vectors of one model compare with each other only. */
  readonly model: string;
  /**
   * A vector for each text, in their order, all of the same length, each of length 1.
   *
   * @throws Fault `channel/unreachable`, `channel/outcome-unknown`, `channel/throttled`, `channel/credentials`,
   *   `channel/rejected`
   */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<number[][]>;
}

/** Where vectors come from: anything that speaks the OpenAI API. */
export interface EmbedderSettings {
  /** Up to and with `/v1`, without a slash at the end. */
  url: string;
  key?: KeyObject | undefined;
  model: string;
  timeoutMs: number;
}

const Answer = z.object({
  data: z.array(z.object({ index: z.int().nonnegative(), embedding: z.array(z.number()) })),
});

/**
 * Embeddings of a provider with `POST /embeddings`.
 *
 * @see https://platform.openai.com/docs/api-reference/embeddings/create (read 2026-11-21)
 */
export function createEmbedder(
  { url, key, model, timeoutMs }: EmbedderSettings,
  fetch: EgressFetch,
): Embedder {
  return {
    model,
    embed: async (texts, signal) => {
      if (texts.length === 0) return [];
      const answer = await fetch(`${url}/embeddings`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key && { authorization: `Bearer ${key.export().toString()}` }),
        },
        body: JSON.stringify({ model, input: texts }),
        timeoutMs,
        maxBytes: 32_000_000,
        ...(signal && { signal }),
      });
      if (answer.status !== 200) throw refusal(answer.status);
      return vectorsOf(answer.text(), texts.length);
    },
  };
}

function vectorsOf(text: string, count: number): number[][] {
  const parsed = Answer.safeParse(jsonOf(text));
  if (!parsed.success) throw broken('in a form that nobody knows');
  const vectors = parsed.data.data.sort((a, b) => a.index - b.index).map(({ embedding }) => unit(embedding));
  if (vectors.length !== count) throw broken('for another number of texts');
  if (vectors.some(({ length }) => length === 0 || length !== vectors[0]!.length))
    throw broken('of different lengths');
  return vectors;
}

function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) throw broken('without a direction');
  return vector.map((value) => value / length);
}

function refusal(status: number): Error {
  const detail = `The provider of embeddings answers with HTTP ${status}.`;
  if (status === 401 || status === 403) return fault('channel/credentials', { detail });
  if (status === 429) return fault('channel/throttled', { detail });
  return fault(status >= 500 ? 'channel/unreachable' : 'channel/rejected', { detail });
}

function broken(how: string): Error {
  return fault('channel/rejected', { detail: `The provider of embeddings gives vectors ${how}.` });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
