import { createPublicKey } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import type { EmailSettings } from './manifest.js';
import { domainOf } from './trust.js';

/** Asks the DNS: an empty list where there is nothing, null where nobody answers. */
export interface Lookup {
  readonly texts: (name: string) => Promise<string[] | null>;
  /** Names of mail servers. */
  readonly servers: (name: string) => Promise<string[] | null>;
}

/** The system's DNS, asked once and not for long. */
export function systemLookup(): Lookup {
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  const nothing = (error: { code?: string }): [] | null =>
    error.code === 'ENOTFOUND' || error.code === 'ENODATA' ? [] : null;
  return {
    texts: (name) =>
      resolver.resolveTxt(name).then((found) => found.map((pieces) => pieces.join('')), nothing),
    servers: (name) =>
      resolver.resolveMx(name).then((found) => found.map(({ exchange }) => exchange), nothing),
  };
}

/**
 * What the DNS lacks for mails of the channel to arrive, and their answers: SPF, DKIM (where we sign), DMARC and MX. A
 * resolver that does not answer is no reason to worry.
 *
 * @returns sentences for people; empty when all is there
 * @see RFC 7208 §§3.2, 4.5; RFC 6376 §3.6.1; RFC 7489 §6.6.3; RFC 5321 §5.1 (read 2026-11-21)
 */
export async function missingRecords(settings: EmailSettings, lookup: Lookup): Promise<string[]> {
  const domain = domainOf(settings.address);
  const found = await Promise.all([
    spfOf(domain, lookup),
    dkimOf(settings, lookup),
    dmarcOf(domain, lookup),
    mxOf(domain, lookup),
  ]);
  return found.filter((sentence) => sentence !== null);
}

async function spfOf(domain: string, { texts }: Lookup): Promise<string | null> {
  const records = (await texts(domain))?.filter((text) => /^v=spf1(?:\s|$)/i.test(text));
  if (!records || records.length === 1) return null;
  return records.length === 0
    ? `${domain} has no SPF record (TXT "v=spf1 …").`
    : `${domain} has ${records.length} SPF records, which counts as none: make them one.`;
}

/** The public half must be the one of our key: after a change of keys it often is not. */
async function dkimOf(
  { dkim_domain, dkim_selector, dkim_key }: EmailSettings,
  { texts }: Lookup,
): Promise<string | null> {
  if (!dkim_key || !dkim_domain || !dkim_selector) return null;
  const name = `${dkim_selector}._domainkey.${dkim_domain}`;
  const records = await texts(name);
  if (!records) return null;
  const published = records.flatMap((text) => /(?:^|;)\s*p=([A-Za-z0-9+/=\s]*)/.exec(text)?.[1] ?? []);
  if (published.length === 0) return `${name} has no DKIM record: our signatures cannot be checked.`;
  const ours = publicHalves(dkim_key);
  if (ours === null) return 'The DKIM key cannot be read: it must be a private key as PEM.';
  return published.some((key) => ours.includes(key.replace(/\s/g, '')))
    ? null
    : `${name} has another key than ours: our signatures are taken for forged.`;
}

/** As records have it: RSA keys with or without their wrapping, Ed25519 keys as bare bytes. @see RFC 8463 §4 (read 2026-11-21) */
function publicHalves(privateKey: string): string[] | null {
  try {
    const key = createPublicKey(privateKey);
    const whole = key.export({ type: 'spki', format: 'der' });
    const bare =
      key.asymmetricKeyType === 'rsa' ? key.export({ type: 'pkcs1', format: 'der' }) : whole.subarray(-32);
    return [whole.toString('base64'), bare.toString('base64')];
  } catch {
    return null;
  }
}

/** Of the domain, else of one above it. */
async function dmarcOf(domain: string, { texts }: Lookup): Promise<string | null> {
  const labels = domain.split('.');
  for (let at = 0; at <= Math.max(0, labels.length - 2); at++) {
    const records = await texts(`_dmarc.${labels.slice(at).join('.')}`);
    if (!records || records.some((text) => /^v=DMARC1\b/i.test(text))) return null;
  }
  return `_dmarc.${domain} has no DMARC record.`;
}

/** Without one, answers come back only where the domain itself is a mail server. */
async function mxOf(domain: string, { servers }: Lookup): Promise<string | null> {
  const found = await servers(domain);
  if (!found || found.some((name) => name !== '' && name !== '.')) return null;
  return `${domain} has no mail server (MX): answers do not arrive.`;
}
