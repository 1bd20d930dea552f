import { headerOf, type Mail } from '../shared/mail/mail.js';

/** What is known of who really sent a mail. */
export interface Trust {
  spf: Result;
  dkim: Result;
  dmarc: Result;
  arc: Result;
  /** Whether what passed names the sender's own domain; absent when nobody said whose it was. */
  aligned?: boolean;
}
export type Result =
  'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'temperror' | 'permerror' | 'unknown';

export const UNKNOWN: Trust = { spf: 'unknown', dkim: 'unknown', dmarc: 'unknown', arc: 'unknown' };
const RESULTS = new Set<string>(['pass', 'fail', 'softfail', 'neutral', 'none', 'temperror', 'permerror']);

export const resultOf = (word: string | undefined | null): Result => {
  const lower = (word ?? '')
    .trim()
    .toLowerCase()
    .replace('hardfail', 'fail')
    .replace(/^gray$/, 'neutral')
    .replace(/^processing_failed$/, 'temperror');
  return RESULTS.has(lower) ? (lower as Result) : 'unknown';
};

/**
 * Reads the results that our own mail server wrote. Only headers with its name are believed: anybody can send the others along.
 *
 * @see RFC 8601 §§2.2, 5 (read 2026-11-21)
 */
export function trustOfHeaders(mail: Mail, authservId: string | undefined): Trust {
  if (authservId === undefined) return UNKNOWN;
  const own = mail.headers
    .filter(({ name }) => name === 'authentication-results')
    .map(({ raw }) => raw)
    .filter((raw) => raw.split(';')[0]!.trim().split(/\s/)[0]!.toLowerCase() === authservId.toLowerCase());
  if (own.length === 0) return UNKNOWN;
  const results = own[0]!.split(';').slice(1);
  const of = (method: string): string[] =>
    results.filter((one) => new RegExp(`^\\s*${method}\\s*=`, 'i').test(one));
  const result = (method: string): Result => {
    const words = of(method).map((one) => /=\s*(\w+)/.exec(one)?.[1]);
    return resultOf(words.find((word) => word?.toLowerCase() === 'pass') ?? words[0]);
  };
  const signers = of('dkim').filter((one) => /=\s*pass\b/i.test(one));
  const domain = domainOf(mail.from?.address ?? '');
  const signed = signers.flatMap(
    (one) => /\bheader\.[di]\s*=\s*"?(?:[^\s@;"]*@)?([\w.-]+)/i.exec(one)?.[1] ?? [],
  );
  return {
    spf: result('spf'),
    dkim: result('dkim'),
    dmarc: result('dmarc'),
    arc: result('arc'),
    ...(signed.length > 0 && { aligned: signed.some((one) => isAligned(one, domain)) }),
  };
}

export const domainOf = (address: string): string =>
  address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** The same domain, or one below the other: what DMARC calls relaxed, without a list of public suffixes. */
export function isAligned(signer: string, domain: string): boolean {
  const [a, b] = [signer.toLowerCase(), domain.toLowerCase()];
  const isBelow = (low: string, high: string): boolean => high.includes('.') && low.endsWith(`.${high}`);
  return a !== '' && (a === b || isBelow(a, b) || isBelow(b, a));
}

/** The results that a mail carries in headers of its own provider, which wrote them after taking the mail in. */
export function trustOfProvider(mail: Mail, names: Partial<Record<keyof Trust, string>>): Trust {
  const result = (name: string | undefined): Result =>
    resultOf(name && headerOf(mail.headers, name)?.split(/[\s;(]/)[0]);
  return {
    spf: result(names.spf),
    dkim: result(names.dkim),
    dmarc: result(names.dmarc),
    arc: result(names.arc),
  };
}

/** What is known of whether the sender is who they say: `open` when nobody could tell. */
export type Proof = 'proved' | 'open' | 'refuted';

/**
 * What the results come to. DMARC has the last word; without it, a signature of the sender's own domain proves. A signature of
 * somebody else proves nothing: everybody can sign with a domain of theirs.
 */
export function proofOf({ spf, dkim, dmarc, aligned }: Trust): Proof {
  if (dmarc === 'pass') return 'proved';
  if (dmarc === 'fail') return 'refuted';
  if (dkim === 'pass' && aligned === true) return 'proved';
  return spf === 'fail' && dkim !== 'unknown' && dkim !== 'pass' ? 'refuted' : 'open';
}
