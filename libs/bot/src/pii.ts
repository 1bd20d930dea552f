import { emailsIn } from './flows/answers/email.js';
import { phonesIn } from './flows/answers/phone.js';

/** What a private piece of text is. */
export type PiiKind = 'card' | 'iban' | 'token' | 'email' | 'phone' | 'ip';

/** A private piece of a text. */
export interface PiiFound {
  readonly kind: PiiKind;
  /** UTF-16 code units from the beginning of the text. */
  readonly start: number;
  readonly end: number;
}

/** Texts are looked through up to here; what is behind is cut off by {@link redact}. */
const textMax = 65_536;

const cardLike = /(?<![\p{L}\d])\d(?:[ .-]?\d){12,18}(?![\p{L}\d])/gu;
const ibanLike = /(?<![\p{L}\d])[A-Z]{2}[ -]?\d{2}(?:[ -]?[A-Z0-9]){11,30}(?![\p{L}\d])/giu;
const ipLike = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;
/**
 * Secrets by their form: JSON web tokens, bearer headers, and the prefixes that GitHub, Slack, AWS, Stripe, OpenAI and
 * Google give their keys.
 *
 * @see https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns (read 2026-11-21)
 */
const tokenLike =
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|\bBearer\s+[\w.~+/-]{16,}=*|\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|(?:sk|pk|rk)[-_](?:live|test|proj|ant)?[-_]?[\w-]{20,}|AIza[\w-]{30,})/g;

/** Digits of other scripts in tens, from their zero: Arabic, Persian, Devanagari, Bengali, full width. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0xff10];
const otherDigits = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\uff10-\uff19]/g;

/** The same text, sign for sign, with plain digits, spaces and dashes: as people and word processors write numbers, too. */
function plain(text: string): string {
  return text
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, '-')
    .replace(otherDigits, (sign) => {
      const code = sign.charCodeAt(0);
      return String(code - zeros.findLast((zero) => zero <= code)!);
    });
}

/**
 * Finds what should not leave the house: card numbers (Luhn), IBANs (mod 97), telephone numbers (libphonenumber), keys
 * and tokens, e-mail and IP addresses. Numbers without a valid check digit, such as those of orders, are left alone.
 *
 * @param region  ISO 3166-1: whose telephone numbers are found without a country code
 * @returns in order, not overlapping
 */
export function findPii(text: string, region?: string): readonly PiiFound[] {
  const read = plain(text.slice(0, textMax));
  const all = [
    ...matches(read, tokenLike, 'token'),
    ...matches(read, ibanLike, 'iban').flatMap((found) => validIban(read, found)),
    ...matches(read, cardLike, 'card').filter(({ start, end }) => isCard(read.slice(start, end))),
    ...emailsFound(read),
    ...matches(read, ipLike, 'ip').filter(({ start, end }) => isIp(read.slice(start, end))),
    ...phonesFound(read, region),
  ];
  // The kinds stand in the order of how sure they are: the first that claims a place has it.
  const kept: PiiFound[] = [];
  for (const found of all) {
    if (!kept.some(({ start, end }) => found.start < end && start < found.end)) kept.push(found);
  }
  return kept.sort((a, b) => a.start - b.start);
}

/** A text with each private piece as `[card]`, `[iban]` and so on; also how many there were of each kind. */
export function redact(
  text: string,
  options: { region?: string | undefined; kinds?: readonly PiiKind[] | undefined } = {},
): { text: string; counts: Readonly<Partial<Record<PiiKind, number>>> } {
  const counts: Partial<Record<PiiKind, number>> = {};
  let redacted = '';
  let at = 0;
  for (const { kind, start, end } of findPii(text, options.region)) {
    if (options.kinds && !options.kinds.includes(kind)) continue;
    redacted += `${text.slice(at, start)}[${kind}]`;
    at = end;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return { text: redacted + text.slice(at, textMax), counts };
}

function matches(text: string, pattern: RegExp, kind: PiiKind): PiiFound[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    kind,
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function emailsFound(text: string): PiiFound[] {
  if (!text.includes('@')) return [];
  const pattern = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}.-]{1,255}/gu;
  return matches(text, pattern, 'email').flatMap(({ kind, start, end }) => {
    const written = text.slice(start, end).replace(/[.-]+$/, '');
    return emailsIn(written).length > 0 ? [{ kind, start, end: start + written.length }] : [];
  });
}

function phonesFound(text: string, region: string | undefined): PiiFound[] {
  return phonesIn(text, region)
    .filter(({ isPlain }) => isPlain)
    .map(({ start, end }) => ({ kind: 'phone', start, end }));
}

/** @see ISO/IEC 7812-1: 13 to 19 digits, the last by Luhn's formula; issuers begin with 2 to 6 in practice */
function isCard(written: string): boolean {
  const digits = written.replace(/\D/g, '');
  if (!/^[2-6]/.test(digits) || /^(\d)\1*$/.test(digits)) return false;
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** The longest beginning of a match that is an IBAN: words behind it may look like more of it. */
function validIban(text: string, { start, end }: PiiFound): PiiFound[] {
  for (let last = end; last >= start + 15; last--) {
    // It ends where a word ends, and not with what stands behind it.
    if (/[\p{L}\d]/u.test(text[last] ?? '') || /[ -]/.test(text[last - 1]!)) continue;
    if (isIban(text.slice(start, last))) return [{ kind: 'iban', start, end: last }];
  }
  return [];
}

/** @see ISO 13616: the first four signs moved to the end, letters as 10–35, the number modulo 97 is 1 */
function isIban(written: string): boolean {
  const compact = written.replaceAll(/[ -]/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return false;
  const digits = (compact.slice(4) + compact.slice(0, 4)).replace(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

function isIp(written: string): boolean {
  return written.split('.').every((part) => Number(part) <= 255);
}
