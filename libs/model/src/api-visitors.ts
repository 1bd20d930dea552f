import { z } from 'zod';
import { ChannelId, VisitorKeyId } from './ids.js';

/** How a customer's server vouches for a visitor; `HS256` shares a secret, the others show us a public key only. */
export const VisitorAlgorithm = z.enum(['HS256', 'RS256', 'ES256', 'EdDSA']);
export type VisitorAlgorithm = z.infer<typeof VisitorAlgorithm>;

export const CreateVisitorKey = z
  .strictObject({
    algorithm: VisitorAlgorithm,
    public_key: z
      .string()
      .max(10_000)
      .optional()
      .describe('In PEM (SPKI), for every algorithm but HS256; the secret of that one is made here'),
  })
  .refine(({ algorithm, public_key: key }) => (algorithm === 'HS256') === (key === undefined), {
    path: ['public_key'],
    error: 'belongs to every algorithm but HS256',
  })
  .meta({ id: 'CreateVisitorKey' });
export type CreateVisitorKey = z.infer<typeof CreateVisitorKey>;

export const VisitorKey = z
  .object({
    id: VisitorKeyId.describe('The `kid` in the header of a token'),
    channel_id: ChannelId,
    algorithm: VisitorAlgorithm,
    public_key: z.string().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'VisitorKey' });
export type VisitorKey = z.infer<typeof VisitorKey>;
export const VisitorKeyList = z.object({ data: z.array(VisitorKey) }).meta({ id: 'VisitorKeyList' });
export type VisitorKeyList = z.infer<typeof VisitorKeyList>;

export const VisitorKeyWithSecret = VisitorKey.extend({
  secret: z.string().nullable().describe('Of HS256, as text: shown now and never again'),
}).meta({ id: 'VisitorKeyWithSecret' });
export type VisitorKeyWithSecret = z.infer<typeof VisitorKeyWithSecret>;

/** Who a visitor is, on the word of the customer's server. */
export const VisitorIdentity = z
  .union([
    z.strictObject({
      token: z
        .string()
        .max(4_000)
        .describe('A JWT that your server signed: `sub` is your id of the person, `exp` at most a day ahead'),
    }),
    z.strictObject({
      external_id: z.string().min(1).max(200).describe('Your id of the person'),
      hash: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .describe('HMAC-SHA-256 of the id with the secret of an HS256 key, in hexadecimal'),
    }),
  ])
  .meta({ id: 'VisitorIdentity' });
export type VisitorIdentity = z.infer<typeof VisitorIdentity>;
