import { createSecretKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** The model that the installation brings for bots that ask for it. */
export const modelSlice = {
  PARLEY_MODEL_PROVIDER: z
    .enum(['openai', 'anthropic', 'openai_compatible'], {
      error: 'must be openai, anthropic or openai_compatible',
    })
    .optional()
    .meta({
      description:
        'Provider of the model that every bot may use as `installation`: `openai`, `anthropic`, or `openai_compatible` for any other server that speaks the protocol of OpenAI. Without it bots name models of their own.',
      example: 'openai_compatible',
    }),
  PARLEY_MODEL_NAME: z.string().min(1).max(200).optional().meta({
    description: "The provider's name of that model.",
    example: 'qwen3:8b',
  }),
  PARLEY_MODEL_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' })
    .optional()
    .meta({
      description:
        'Address of its API. A server in a private network must be in PARLEY_EGRESS_ALLOW as well. Needed for `openai_compatible`.',
      example: 'http://10.0.0.5:11434/v1',
    }),
  PARLEY_MODEL_KEY: z
    .string()
    .min(1)
    .max(1_000)
    // Kept as a key object, which prints as nothing.
    .transform((text) => createSecretKey(Buffer.from(text)))
    .optional()
    .meta({ description: 'Key for that API, where it wants one.', secret: true }),
};

interface ModelEnvironment {
  readonly PARLEY_MODEL_PROVIDER?: 'openai' | 'anthropic' | 'openai_compatible' | undefined;
  readonly PARLEY_MODEL_NAME?: string | undefined;
  readonly PARLEY_MODEL_URL?: string | undefined;
  readonly PARLEY_MODEL_KEY?: KeyObject | undefined;
}

/** A provider has a name of a model; one that is nowhere by itself has an address. */
export const isModelWhole = (env: ModelEnvironment): boolean =>
  env.PARLEY_MODEL_PROVIDER === undefined
    ? env.PARLEY_MODEL_NAME === undefined
    : env.PARLEY_MODEL_NAME !== undefined &&
      (env.PARLEY_MODEL_PROVIDER !== 'openai_compatible' || env.PARLEY_MODEL_URL !== undefined);
export const modelWholeWords = {
  path: ['PARLEY_MODEL_PROVIDER'],
  error: 'needs PARLEY_MODEL_NAME, and PARLEY_MODEL_URL where it is openai_compatible',
};

/** As the worker is given it, its key hidden; undefined: there is none. */
export function modelOf(env: ModelEnvironment) {
  const { PARLEY_MODEL_PROVIDER: provider, PARLEY_MODEL_NAME: name } = env;
  if (provider === undefined || name === undefined) return undefined;
  return { provider, name, baseUrl: env.PARLEY_MODEL_URL, key: env.PARLEY_MODEL_KEY };
}
