import { createHash, createHmac } from 'node:crypto';

/** The mark by which we know our own mails when they come back. */
export function loopMark(secret: string): string {
  return createHmac('sha256', secret).update('parley-loop').digest('hex').slice(0, 24);
}

/** Shorter texts say the same too often: yes, thank you. */
const MARK_CHARS = 24;

/** A short mark of a longer text, for recognising it when it is said again; empty for a short one. Numbers change nothing. */
export function textMark(text: string): string {
  const bare = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && !/\d/.test(word))
    .join(' ');
  return bare.length < MARK_CHARS ? '' : createHash('sha256').update(bare).digest('hex').slice(0, 8);
}

/** What our Message-ID says of the mail that ours answers. */
export interface AnsweredMark {
  /** As `textMark` made it. */
  text: string;
  /** How many mails in a row, that one included, came at once after a mail of ours. */
  atOnce: number;
}

/** As letters and digits: empty for a short text that did not come at once. */
export const writeMark = ({ text, atOnce }: AnsweredMark): string =>
  `${text}${atOnce > 0 ? `q${Math.min(atOnce, 9)}` : ''}`;

/** Reads what `writeMark` wrote. */
export function readMark(mark: string): AnsweredMark {
  const [text = '', atOnce = '0'] = mark.split('q');
  return { text, atOnce: Number(atOnce) || 0 };
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** When a key was made, in milliseconds since 1970: TypeIDs begin with the time. Null for other keys. */
export function timeOfKey(key: string): number | null {
  const suffix = /_([0-7][0-9a-hjkmnp-tv-z]{25})$/.exec(key)?.[1];
  if (suffix === undefined) return null;
  // 26 letters of 5 bits hold 130 bits for 128; the first 48 of those are the time.
  let bits = 0n;
  for (const letter of suffix.slice(0, 10)) bits = bits * 32n + BigInt(ALPHABET.indexOf(letter));
  return Number(bits & ((1n << 48n) - 1n));
}
