import { fault } from '#libs/faults';
import { z } from 'zod';
import type { Io } from '../connector.js';
import { addressRules, allowedAddress, systemResolve } from '../shared/egress-addresses.js';
import type { EmailSettings } from './manifest.js';

/**
 * An address of a mail server that may be called.
 *
 * @throws Fault `channel/unreachable`
 */
export function addressOfServer(host: string, io: Io<EmailSettings>): Promise<string> {
  return io.fetch.addressOf
    ? io.fetch.addressOf(host)
    : allowedAddress(host, addressRules([]), systemResolve);
}

/** TLS as nodemailer and imapflow take it: the name is checked although an address is called. */
export function tlsFor(
  host: string,
  { tls_certificate_name, tls_ca }: EmailSettings,
): { servername: string; ca?: string } {
  return { servername: tls_certificate_name ?? host, ...(tls_ca !== undefined && { ca: tls_ca }) };
}

const TokenAnswer = z.looseObject({ access_token: z.string().min(1).max(20_000) });

/**
 * A fresh access token; null where the channel uses passwords.
 *
 * @throws Fault `channel/credentials` when the grant was taken back, and what calls throw
 * @see RFC 6749 §6 (read 2026-11-21)
 */
export async function accessToken({ settings, fetch, signal }: Io<EmailSettings>): Promise<string | null> {
  const { oauth_refresh_token, oauth_token_url, oauth_client_id, oauth_client_secret } = settings;
  if (!oauth_refresh_token || !oauth_token_url) return null;
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: oauth_refresh_token });
  if (oauth_client_id) form.set('client_id', oauth_client_id);
  if (oauth_client_secret) form.set('client_secret', oauth_client_secret);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const answer = await fetch(oauth_token_url, {
    method: 'POST',
    headers,
    body: form.toString(),
    signal,
  }).catch((cause: unknown) => {
    // Nothing has been sent to anybody, whatever became of this call.
    throw fault('channel/unreachable', { detail: 'The OAuth server gave no token.', cause });
  });
  const parsed = answer.status === 200 ? TokenAnswer.safeParse(jsonOf(answer.text())) : null;
  if (parsed?.success) return parsed.data.access_token;
  if (answer.status >= 500)
    throw fault('channel/unreachable', { detail: `The OAuth server answered ${answer.status}.` });
  throw fault('channel/credentials', {
    detail: `The OAuth server refused to renew the access (${answer.status}): grant it again.`,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
