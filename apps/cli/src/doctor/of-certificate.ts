import { once } from 'node:events';
import { connect } from 'node:tls';
import { timeLimit } from '#libs/faults';
import type { Finding } from './finding.js';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;
const LONGEST_MS = 10_000;

/** Looks at the certificate of an https address; nothing for another one, or where nobody answers. */
export async function ofCertificate(address: string, now = Date.now()): Promise<Finding[]> {
  const { protocol, hostname, port } = new URL(address);
  if (protocol !== 'https:') return [];
  const host = hostname.replace(/^\[|\]$/g, '');
  // It is looked at, and nothing is sent over it: one that nobody trusts has to be seen too.
  const socket = connect({ host, port: Number(port || 443), servername: host, rejectUnauthorized: false });
  const limit = timeLimit(LONGEST_MS);
  try {
    await once(socket, 'secureConnect', { signal: limit.signal });
    const { valid_to: validTo } = socket.getPeerCertificate();
    const refusal = socket.authorized ? null : String(socket.authorizationError);
    return [judgeCertificate(host, Date.parse(validTo), refusal, now)];
  } catch {
    return [];
  } finally {
    limit.end();
    socket.destroy();
  }
}

/**
 * Says how a certificate is.
 *
 * @param endsMs  when it ends, in milliseconds since 1970
 * @param refusal  why this machine does not trust it; null when it does
 */
export function judgeCertificate(
  host: string,
  endsMs: number,
  refusal: string | null,
  nowMs: number,
): Finding {
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  const what = `certificate of ${host}`;
  const renew = 'Renew it, and let the proxy load the new one.';
  if (days < 0) return { what, state: 'wrong', words: `It ended ${-days} days ago.`, action: renew };
  if (refusal !== null) {
    const words = `It is not trusted (${refusal}): providers will not call.`;
    const action = 'Use a certificate of a public authority for this name, and serve its whole chain.';
    return { what, state: 'wrong', words, action };
  }
  const words = `It ends in ${days} days.`;
  return days < SOON_DAYS ? { what, state: 'warning', words, action: renew } : { what, state: 'well', words };
}
