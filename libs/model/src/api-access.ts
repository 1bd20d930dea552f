import { z } from 'zod';
import { listOf, Page, Scope } from './api.js';
import { ApiKeyId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

const fields = {
  name: z.string().trim().min(1).max(100).describe('For people'),
  expires_at: instant.nullable().describe('When it ends; null: never'),
  allowed_ips: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .max(50)
    .describe('Addresses and networks (CIDR) from which it holds; empty: from everywhere'),
};

export const CreateApiKey = z
  .strictObject({
    name: fields.name,
    scopes: z.array(Scope).min(1).describe('At most those of the key that asks'),
    expires_at: fields.expires_at.default(null),
    allowed_ips: fields.allowed_ips.default([]),
  })
  .meta({ id: 'CreateApiKey' });
export type CreateApiKey = z.infer<typeof CreateApiKey>;

export const UpdateApiKey = z
  .strictObject({
    name: fields.name.optional(),
    expires_at: fields.expires_at.optional(),
    allowed_ips: fields.allowed_ips.optional(),
  })
  .meta({ id: 'UpdateApiKey' });
export type UpdateApiKey = z.infer<typeof UpdateApiKey>;

export const RotateApiKey = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(2_592_000)
      .default(86_400)
      .describe('How long the secret before is good too'),
  })
  .meta({ id: 'RotateApiKey' });
export type RotateApiKey = z.infer<typeof RotateApiKey>;

export const ApiKey = z
  .object({
    id: ApiKeyId,
    name: z.string(),
    scopes: z.array(Scope),
    allowed_ips: z.array(z.string()),
    created_at: instant,
    expires_at: instant.nullable(),
    revoked_at: instant.nullable(),
    last_used_at: instant.nullable().describe('To the minute'),
    previous_secret_until: instant
      .nullable()
      .describe('Until when the secret before the last rotation is good'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;
export const ApiKeyList = listOf(ApiKey, 'ApiKeyList');

export const ApiKeyWithSecret = ApiKey.extend({
  key: z.string().describe('The whole key: shown now and never again'),
}).meta({ id: 'ApiKeyWithSecret' });
export type ApiKeyWithSecret = z.infer<typeof ApiKeyWithSecret>;

export const AuditLine = z
  .object({
    seq: z.int().positive().describe('1, 2, 3, … without a gap'),
    at: instant,
    actor: z.string().describe('Who: `system`, or a kind and an id'),
    action: z.string().describe('`thing.verb`'),
    target: z.string().describe('The id of what it was done to'),
    data: z.record(z.string(), z.unknown()).describe('Plain facts; never a secret or what people wrote'),
    hash: z.string().describe('Chains this line to the one before: SHA-256, in hexadecimal'),
  })
  .meta({ id: 'AuditLine' });
export type AuditLine = z.infer<typeof AuditLine>;
export const AuditLineList = listOf(AuditLine, 'AuditLineList');

const exactly = z.string().min(1).max(200).optional();
export const AuditPage = Page.extend({ actor: exactly, action: exactly, target: exactly });
export type AuditPage = z.infer<typeof AuditPage>;
