import { headerOf, type Mail } from '../shared/mail/mail.js';

/** What is known of who really sent a mail. */
export interface Trust {
  spf: Result;
  dkim: Result;
  dmarc: Result;
  arc: Result;
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
  const result = (method: string): Result =>
    resultOf(new RegExp(`(?:^|;)\\s*${method}\\s*=\\s*(\\w+)`, 'i').exec(own[0] ?? '')?.[1]);
  return own.length === 0
    ? UNKNOWN
    : { spf: result('spf'), dkim: result('dkim'), dmarc: result('dmarc'), arc: result('arc') };
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

/** Whether the sender may be taken for who they say: false only when somebody checked, and it failed. */
export function isBelieved({ spf, dkim, dmarc }: Trust): boolean {
  if (dmarc === 'pass' || dkim === 'pass') return true;
  if (dmarc === 'fail') return false;
  return !(spf === 'fail' && dkim !== 'unknown');
}
