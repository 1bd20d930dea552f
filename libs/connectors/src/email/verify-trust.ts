import { authenticate, type DNSResolver } from 'mailauth';
import { mailLimits } from '../shared/mail/limits.js';
import { readHeaders } from '../shared/mail/mime-headers.js';
import { domainOf, isAligned, resultOf, UNKNOWN, type Trust } from './trust.js';

/** How a mail came, where we took it in ourselves. */
export interface Received {
  ip: string;
  helo: string;
  sender: string;
}

const VERIFY_MS = 8_000;
/** Signatures that are looked at; forwarded mails have three or four. */
const SIGNATURES_MAX = 30;
/** Characters of the From header: it names one sender. */
const FROM_CHARS = 8_192;

/**
 * Checks DKIM, DMARC and ARC, and SPF where the sender's address is known. What cannot be looked up is unknown, never failed.
 *
 * @param received  null for mails out of a mailbox: then SPF is whatever our own server wrote, and unknown here
 * @param resolver  default: the system's
 */
export async function verifyTrust(
  raw: Buffer,
  received: Received | null = null,
  resolver?: DNSResolver,
): Promise<Trust> {
  if (!isOrdinary(raw)) return UNKNOWN;
  const options = received ?? { ip: '', helo: '', sender: '' };
  const checking = authenticate(raw, {
    ...options,
    ...(resolver && { resolver }),
    disableArc: false,
    disableBimi: true,
    trustReceived: false,
  });
  const timeout = new Promise<null>((resolve) => setTimeout(resolve, VERIFY_MS, null).unref());
  const result = await Promise.race([checking.catch(() => null), timeout]);
  if (!result) return UNKNOWN;
  const dkim = result.dkim.results.map(({ status }) => status.result);
  const from = result.dkim.headerFrom?.[0] ?? '';
  const signed = result.dkim.results.flatMap(({ status, signingDomain }) =>
    status.result === 'pass' && signingDomain ? [signingDomain] : [],
  );
  return {
    spf: received && result.spf ? resultOf(result.spf.status.result) : 'unknown',
    dkim: dkim.includes('pass') ? 'pass' : resultOf(dkim[0] ?? 'none'),
    dmarc: result.dmarc ? resultOf(result.dmarc.status.result) : 'unknown',
    arc: result.arc ? resultOf(result.arc.status.result) : 'unknown',
    ...(signed.length > 0 && { aligned: signed.some((domain) => isAligned(domain, domainOf(from))) }),
  };
}

/** Whether a mail is of a shape that people's programs make; checking others could take for ever, and would prove nothing. */
function isOrdinary(raw: Buffer): boolean {
  const { headers, bodyAt } = readHeaders(raw);
  const froms = headers.filter(({ name }) => name === 'from');
  const signatures = headers.filter(({ name }) => name === 'dkim-signature' || name.startsWith('arc-'));
  return (
    bodyAt <= mailLimits.headerBytes &&
    headers.length < mailLimits.headerLines &&
    signatures.length <= SIGNATURES_MAX &&
    froms.length === 1 &&
    froms[0]!.raw.length <= FROM_CHARS
  );
}
