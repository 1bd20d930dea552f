import { fault } from '#libs/faults';

/** The cookie of a console session. */
export const SESSION_COOKIE = 'parley_session';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The token in the cookie of a console session; null without one. */
export function sessionTokenOf(headers: Headers): string | null {
  const cookies = typeof headers['cookie'] === 'string' ? headers['cookie'] : '';
  const [, token] = /(?:^|;\s*)parley_session=([\w-]{43})(?:;|$)/.exec(cookies) ?? [];
  return token ?? null;
}

/** Writes the cookie; with an empty token, takes it away. @param isSecure  the browser asked over https */
export function writeSessionCookie(token: string, ttlMs: number, isSecure: boolean): string {
  const age = token === '' ? 0 : Math.floor(ttlMs / 1_000);
  const secure = isSecure ? '; Secure' : '';
  return `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure}`;
}

/**
 * Refuses a write that a page of another site makes with the cookie of a person.
 *
 * Browsers say where a request begins (`sec-fetch-site`, and on writes `origin`), and pages cannot change it. Who says neither
 * is no browser, and has no cookie that it was not given.
 *
 * @param own  origins that are ours
 * @throws Fault `access/cross-site`
 * @see https://www.w3.org/TR/fetch-metadata/ (read 2026-11-21)
 */
export function requireSameSite(method: string, headers: Headers, own: readonly string[]): void {
  if (READS.has(method)) return;
  const { 'sec-fetch-site': site, origin } = headers;
  if (site !== undefined) {
    if (site === 'same-origin') return;
    throw fault('access/cross-site');
  }
  if (origin !== undefined && !own.includes(String(origin))) throw fault('access/cross-site');
}
