import { type BegunSession, type Whence, writeSessionCookie } from '#libs/access';
import type { SignedIn } from '#libs/model';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Where a request of a person comes from. */
export function whenceOf({ ip, headers }: FastifyRequest): Whence {
  return { ip, userAgent: headers['user-agent'] ?? '' };
}

/** Gives the browser the cookie of a session, and says how far the log-in has come. */
export function welcome({ stage, token, ttlMs }: BegunSession, reply: FastifyReply): SignedIn {
  setCookie(reply, token, ttlMs);
  if (stage === 'signed-in') return { status: stage };
  return { status: stage, methods: ['totp', 'recovery-code'] };
}

/** Takes the cookie away. */
export function farewell(reply: FastifyReply): void {
  setCookie(reply, '', 0);
}

function setCookie(reply: FastifyReply, token: string, ttlMs: number): void {
  const isSecure = reply.request.protocol === 'https';
  void reply
    .header('set-cookie', writeSessionCookie(token, ttlMs, isSecure))
    .header('cache-control', 'no-store');
}
