import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** Where meanings of texts come from, for knowledge. */
export const embeddingsSlice = {
  PARLEY_EMBEDDINGS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
    .transform((text) => text.replace(/\/+$/, ''))
    .optional()
    .meta({
      description:
        'Address of an API with `POST /embeddings` in the form of OpenAI: knowledge is then found by its meaning too. A server in a private network must be in PARLEY_EGRESS_ALLOW as well. Without it knowledge is found by its words.',
      example: 'https://api.openai.com/v1',
    }),
  PARLEY_EMBEDDINGS_MODEL: z.string().min(1).max(200).optional().meta({
    description: 'The model of that API. With another one all passages are embedded again.',
    example: 'text-embedding-3-small',
  }),
  PARLEY_EMBEDDINGS_KEY: z
    .string()
    .min(1)
    .max(1_000)
    // Kept as a key object, which prints as nothing.
    .transform((text) => createSecretKey(Buffer.from(text)))
    .optional()
    .meta({ description: 'Key for that API, where it wants one.', secret: true }),
};

interface EmbeddingsEnvironment {
  readonly PARLEY_EMBEDDINGS_URL?: string | undefined;
  readonly PARLEY_EMBEDDINGS_MODEL?: string | undefined;
  readonly PARLEY_EMBEDDINGS_KEY?: KeyObject | undefined;
}

/** An address has a model. */
export const areEmbeddingsWhole = (env: EmbeddingsEnvironment): boolean =>
  (env.PARLEY_EMBEDDINGS_URL === undefined) === (env.PARLEY_EMBEDDINGS_MODEL === undefined);
export const embeddingsWholeWords = {
  path: ['PARLEY_EMBEDDINGS_URL'],
  error: 'needs PARLEY_EMBEDDINGS_MODEL, and is needed by it',
};

/** As gateway and worker are given it, its key hidden; undefined: knowledge is found by its words alone. */
export function embeddingsOf(env: EmbeddingsEnvironment) {
  const { PARLEY_EMBEDDINGS_URL: url, PARLEY_EMBEDDINGS_MODEL: model, PARLEY_EMBEDDINGS_KEY: key } = env;
  return url === undefined || model === undefined ? undefined : { url, model, key };
}
