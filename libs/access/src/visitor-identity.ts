import { createHmac, createPublicKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Fault, fault, invalidInput } from '#libs/faults';
import { type ChannelId, Metadata, type VisitorAlgorithm, type VisitorIdentity } from '#libs/model';
import type { VisitorKeyMaterial } from '#libs/store';

/** A visitor for whom the customer's server has vouched. */
export interface KnownVisitor {
  externalId: string;
  name?: string | undefined;
  attributes?: Record<string, string> | undefined;
}

/** A token lives for a day at most: who steals one does not keep it. In seconds. */
const LIFE_MAX_SECONDS = 86_400;
/** Clocks of servers differ. In seconds. */
const TOLERANCE_SECONDS = 60;

const Claims = z.object({
  sub: z.string().min(1).max(200),
  exp: z.number(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  name: z.string().max(200).optional(),
  email: z.string().max(254).optional(),
  attributes: Metadata.optional(),
});

/**
 * Says who a visitor is.
 *
 * @param keys  of the channel; a token names one by `kid`, or there is only one
 * @throws Fault `access/invalid-signature` when no key of the channel vouches for it, `access/token-expired`
 * @see RFC 7519, RFC 8725 §3.1: the key, never the token, says which algorithm (read 2026-11-21)
 */
export async function visitorOf(
  identity: VisitorIdentity,
  keys: readonly VisitorKeyMaterial[],
  { channelId, nowMs }: { channelId: ChannelId; nowMs: number },
): Promise<KnownVisitor> {
  if ('hash' in identity) return byHash(identity, keys);
  const key = keyFor(identity.token, keys);
  const payload = await payloadOf(identity.token, key, nowMs);
  const claims = Claims.safeParse(payload);
  if (!claims.success) throw unvouched('The token needs the claims sub and exp, in their forms.');
  const { sub, exp, aud, name, email, attributes } = claims.data;
  if (exp > nowMs / 1_000 + LIFE_MAX_SECONDS + TOLERANCE_SECONDS) {
    throw unvouched('The token lives for more than a day.');
  }
  if (aud !== undefined && ![aud].flat().includes(channelId))
    throw unvouched('The token is for another channel.');
  return { externalId: sub, name, attributes: email === undefined ? attributes : { ...attributes, email } };
}

/**
 * Checks that a text is a public key for an algorithm.
 *
 * @returns the key in PEM, whatever was around it
 * @throws Fault `input/invalid`
 */
export function publicKeyOf(algorithm: VisitorAlgorithm, text: string): string {
  const key = parsed(text);
  const fits = {
    HS256: false,
    RS256: key?.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048,
    ES256: key?.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1',
    EdDSA: key?.asymmetricKeyType === 'ed25519',
  };
  if (key && fits[algorithm] && !/PRIVATE/.test(text))
    return key.export({ type: 'spki', format: 'pem' }).toString();
  const message = `must be a public key for ${algorithm}, in PEM (RSA: 2048 bits or more)`;
  throw invalidInput([{ path: ['public_key'], code: 'public_key', message }]);
}

function byHash(
  { external_id: externalId, hash }: { external_id: string; hash: string },
  keys: readonly VisitorKeyMaterial[],
): KnownVisitor {
  const given = Buffer.from(hash, 'hex');
  const vouches = ({ algorithm, material }: VisitorKeyMaterial): boolean =>
    algorithm === 'HS256' &&
    timingSafeEqual(createHmac('sha256', material).update(externalId).digest(), given);
  if (keys.some(vouches)) return { externalId };
  throw unvouched('The hash is not that of this id with a key of this channel.');
}

function keyFor(token: string, keys: readonly VisitorKeyMaterial[]): VisitorKeyMaterial {
  const kid = kidOf(token);
  const named =
    kid === undefined && keys.length === 1 ? keys[0] : keys.find((key) => key.visitorKeyId === kid);
  if (!named) throw unvouched('The token names no key of this channel in kid.');
  return named;
}

async function payloadOf(token: string, key: VisitorKeyMaterial, nowMs: number): Promise<unknown> {
  const material = key.algorithm === 'HS256' ? Buffer.from(key.material) : createPublicKey(key.material);
  try {
    const { payload } = await jwtVerify(token, material, {
      algorithms: [key.algorithm],
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw fault('access/token-expired', { cause: error });
    throw unvouched('No key of this channel has signed the token.', error);
  }
}

function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid;
  } catch (error) {
    throw unvouched('The token is no JWT.', error);
  }
}

function parsed(text: string): KeyObject | null {
  try {
    return createPublicKey(text);
  } catch {
    return null;
  }
}

function unvouched(detail: string, cause?: unknown): Fault {
  return fault('access/invalid-signature', { detail, cause });
}
