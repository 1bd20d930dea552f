import { errors, jwtVerify, SignJWT } from 'jose';
import { fault } from '#libs/faults';
import { z } from 'zod';
import type { Visitor, VisitorLook } from '../connector.js';
import type { WebSettings } from './manifest.js';

const AUDIENCE = 'parley-visitor';

const Claims = z.object({
  sid: z.string().min(1),
  conv: z.string().min(1),
  cont: z.string().min(1),
  thr: z.string().min(1),
});

/**
 * A token for one visitor session: a JWT signed with HS256 by the channel's own secret, so that no other channel
 * takes it.
 *
 * @param expiresAt  milliseconds since 1970; rounded down to the second
 */
export function mint(visitor: Visitor, expiresAt: number, settings: WebSettings): Promise<string> {
  const claims = {
    sid: visitor.sessionId,
    conv: visitor.conversationId,
    cont: visitor.contactId,
    thr: visitor.thread,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setAudience(AUDIENCE)
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .sign(keyOf(settings));
}

/**
 * Who holds a token.
 *
 * @param now  milliseconds since 1970
 * @throws Fault `access/token-expired` for one of ours whose time is over; `access/invalid-api-key` for any other text
 */
export async function verify(token: string, now: number, settings: WebSettings): Promise<Visitor> {
  try {
    const { payload } = await jwtVerify(token, keyOf(settings), {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      requiredClaims: ['exp'],
      currentDate: new Date(now),
    });
    const { sid, conv, cont, thr } = Claims.parse(payload);
    return { sessionId: sid, conversationId: conv, contactId: cont, thread: thr };
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw fault('access/token-expired');
    throw fault('access/invalid-api-key', { detail: 'The visitor token is not valid.', cause });
  }
}

/** Whether a page of this origin may use the channel. */
export function allowsOrigin(origin: string, { allowed_origins }: WebSettings): boolean {
  return allowed_origins.includes('*') || allowed_origins.includes(origin.toLowerCase());
}

/** What of the settings every visitor sees. */
export function look({ title, greeting, accent_color, pre_chat, transcript }: WebSettings): VisitorLook {
  return { title, greeting, accentColor: accent_color, preChat: pre_chat, transcript };
}

const keyOf = (settings: WebSettings): Uint8Array => new TextEncoder().encode(settings.visitor_secret);
