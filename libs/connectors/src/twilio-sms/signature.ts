import { createHash, createHmac } from 'node:crypto';

/**
 * Twilio's signature: HMAC-SHA1, in base64, over the whole URL and, for forms, every name and value, sorted by name.
 *
 * @param form  values that a name has twice count once
 * @see https://www.twilio.com/docs/usage/security#validating-requests (read 2026-11-21)
 */
export function signatureOf(
  url: string,
  form: readonly (readonly [string, string])[],
  token: string,
): string {
  const byName = new Map<string, Set<string>>();
  for (const [name, value] of form) byName.set(name, (byName.get(name) ?? new Set()).add(value));
  const names = [...byName.keys()].toSorted(byCodeUnits);
  const fields = names.flatMap((name) =>
    [...byName.get(name)!].toSorted(byCodeUnits).map((value) => name + value),
  );
  return createHmac('sha1', token)
    .update(url + fields.join(''))
    .digest('base64');
}

/** Twilio sorts as JavaScript does by default. */
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What `bodySHA256` in the URL must be for a body that is no form. */
export const bodyHashOf = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/**
 * The ways in which Twilio may have written the address that it called: without port and with the usual one, as it came and with
 * the characters escaped that browsers escape.
 */
export function spellingsOf(url: string): string[] {
  const escaped = URL.canParse(url) ? new URL(url).href : url;
  return [...new Set([url, escaped].flatMap((one) => [one, withoutPort(one), withPort(one)]))];
}

const AUTHORITY = /^(https?:\/\/(?:[^/?#@]*@)?)(\[[^\]]*\]|[^/?#:]*)(:\d+)?/i;

function withoutPort(url: string): string {
  return url.replace(AUTHORITY, '$1$2');
}

function withPort(url: string): string {
  const usual = /^https:/i.test(url) ? ':443' : ':80';
  return url.replace(
    AUTHORITY,
    (_, start: string, host: string, port?: string) => start + host + (port ?? usual),
  );
}

/** The address as Twilio knows it, where it reaches us under another one than our own. */
export function calledUrl(url: string, publicUrl: string | undefined): string {
  const hook = url.indexOf('/hooks/');
  return publicUrl === undefined || hook === -1 ? url : publicUrl.replace(/\/+$/, '') + url.slice(hook);
}
