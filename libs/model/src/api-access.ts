import { z } from 'zod';
import { listOf, Page, Scope } from './api.js';
import { askedInstant } from './asked.js';
import { ApiKeyId, OauthClientId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

const fields = {
  name: z.string().trim().min(1).max(100).describe('For people'),
  expires_at: askedInstant.nullable().describe('When it ends; null: never'),
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
    is_test: z
      .boolean()
      .default(false)
      .describe(
        'For trying things out: reads, and talks to the bot in sessions of its own; every other write is refused',
      ),
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
    is_test: z.boolean(),
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

export const CreateOauthClient = z
  .strictObject({
    name: fields.name,
    scopes: z.array(Scope).min(1).describe('At most those of whoever asks; a token has these, or fewer'),
  })
  .meta({ id: 'CreateOauthClient' });
export type CreateOauthClient = z.infer<typeof CreateOauthClient>;

export const UpdateOauthClient = z.strictObject({ name: fields.name }).meta({ id: 'UpdateOauthClient' });
export type UpdateOauthClient = z.infer<typeof UpdateOauthClient>;

export const OauthClient = z
  .object({
    id: OauthClientId.describe('The `client_id`'),
    name: z.string(),
    scopes: z.array(Scope),
    created_at: instant,
    last_used_at: instant.nullable().describe('When it last got a token'),
    previous_secret_until: instant
      .nullable()
      .describe('Until when the secret before the last rotation is good'),
  })
  .meta({ id: 'OauthClient' });
export type OauthClient = z.infer<typeof OauthClient>;
export const OauthClientList = listOf(OauthClient, 'OauthClientList');

export const OauthClientWithSecret = OauthClient.extend({
  client_secret: z.string().describe('Shown now and never again'),
}).meta({ id: 'OauthClientWithSecret' });
export type OauthClientWithSecret = z.infer<typeof OauthClientWithSecret>;

/** What `POST /oauth/token` takes as a form; its names are those of RFC 6749 §4.4.2. */
export const OauthTokenRequest = z
  .object({
    grant_type: z.string().describe('`client_credentials`'),
    client_id: z.string().optional().describe('Unless it is in the authorization header'),
    client_secret: z.string().optional(),
    scope: z.string().optional().describe('Scopes with spaces between; default: all that the client has'),
  })
  .meta({ id: 'OauthTokenRequest' });
export const OauthRevocation = z
  .object({
    token: z.string(),
    token_type_hint: z.string().optional(),
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
  })
  .meta({ id: 'OauthRevocation' });

/** RFC 7662 §2.2: a token that is none says nothing but that. */
export const OauthIntrospection = z
  .object({
    active: z.boolean(),
    scope: z.string().optional().describe('Scopes with spaces between'),
    client_id: z.string().optional(),
    token_type: z.literal('Bearer').optional(),
    exp: z.int().optional().describe('Its end, in seconds since 1970'),
  })
  .meta({ id: 'OauthIntrospection' });
export type OauthIntrospection = z.infer<typeof OauthIntrospection>;

export const OauthTokenAnswer = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().positive().describe('Seconds'),
    scope: z.string().describe('Scopes with spaces between'),
  })
  .meta({ id: 'OauthTokenAnswer' });
export type OauthTokenAnswer = z.infer<typeof OauthTokenAnswer>;

/** RFC 6749 §5.2. */
export const OauthError = z
  .object({
    error: z.enum(['invalid_request', 'invalid_client', 'unsupported_grant_type', 'invalid_scope']),
    error_description: z.string(),
  })
  .meta({ id: 'OauthError' });
export type OauthError = z.infer<typeof OauthError>;

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
