import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Verdict } from '../connector.js';

/**
 * Standard Webhooks signatures: `v1,` and the base64 HMAC-SHA256 over `{id}.{timestamp}.{body}`.
 *
 * Written on node:crypto and held against the `standardwebhooks` package in the spec. The package itself reads the
 * clock and turns the body into text first; here the instant is an argument and the exact bytes are signed.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (version 1.0.0, read 2026-11-21)
 */

/** How far the sender's clock may be off, in milliseconds. */
const TOLERANCE_MS = 300_000;
const PREFIX = 'whsec_';

/** A signing secret: `whsec_` and the base64 of 24 to 64 random bytes. */
export const WebhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, { error: 'must be whsec_ and base64' })
  .refine((secret) => isKeyLength(keyOf(secret).length), { error: 'must hold 24 to 64 bytes' });

/** A fresh signing secret of 32 random bytes. */
export function newWebhookSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64')}`;
}

/** What a signature covers, and by when. */
export interface SignedContent {
  /** The same for every attempt of the same message. */
  id: string;
  /** Milliseconds since 1970. */
  now: number;
  body: string | Uint8Array;
}

/**
 * The three headers of a signed request.
 *
 * @param secrets  one, or the current and the previous one while receivers change over: each gives a signature
 */
export function signWebhook(content: SignedContent, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(content.now / 1000));
  const signatures = secrets.map(
    (secret) => `v1,${mac(secret, content.id, timestamp, content.body).toString('base64')}`,
  );
  return {
    'webhook-id': content.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

/** A request whose signature is to be judged. */
export interface ReceivedWebhook {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  /** Milliseconds since 1970. */
  receivedAt: number;
}

/** Whether any of the secrets signed exactly these bytes within the last or next five minutes. Never throws. */
export function verifyWebhook(request: ReceivedWebhook, secrets: readonly string[]): Verdict {
  const {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures,
  } = request.headers;
  if (!id || !timestamp || !signatures) return refuse('a signature header is missing');
  if (!/^\d{1,12}$/.test(timestamp)) return refuse('the timestamp is not a number');
  if (Math.abs(request.receivedAt - Number(timestamp) * 1000) > TOLERANCE_MS)
    return refuse('the timestamp is too far off');

  const expected = secrets.map((secret) => mac(secret, id, timestamp, request.body));
  const given = signatures
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .slice(0, 10);
  const matches = given.flatMap((signature) => expected.map((one) => isSame(one, signature.slice(3))));
  return matches.includes(true) ? { genuine: true } : refuse('no signature matches');
}

const refuse = (reason: string): Verdict => ({ genuine: false, reason });
const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(PREFIX.length), 'base64');
const isKeyLength = (bytes: number): boolean => bytes >= 24 && bytes <= 64;

function mac(secret: string, id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest();
}

function isSame(expected: Buffer, base64: string): boolean {
  const given = Buffer.from(base64, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
