import type { Expected } from '#libs/model';
import { wordsOf } from '../../fold.js';
import { refused, sentenceMax, understood, type Answered } from './answer.js';
import { numberWord } from './number-words.js';

type ExpectedNumber = Extract<Expected, { kind: 'number' }>;

/** Digits with one kind of separators, not within a word or a date. */
const written = /(?<![\p{L}\p{N}.,/:-])-?\d{1,15}(?:[.,'’ \u00a0\u202f]\d{1,15})*(?![\p{L}\d/:]|[.,-]\d)/gu;

/** The numbers in a text, in order: `1,234.5`, `1.234,5`, `1 234`, `-3`, also in digits of other scripts. */
export function numbersIn(text: string): readonly number[] {
  const found = latinDigits(text.slice(0, sentenceMax)).match(written) ?? [];
  return found.flatMap((each) => valueOf(each) ?? []);
}

/** Understands one number: in digits, alone or in a sentence, or as a word. */
export function readNumber(text: string, { integer, min, max }: ExpectedNumber): Answered {
  const value = oneNumber(text);
  if (typeof value === 'string') return refused(value);
  if (integer && !Number.isInteger(value)) return refused('not a whole number');
  if (min !== undefined && value < min) return refused('too small');
  if (max !== undefined && value > max) return refused('too large');
  return understood(value);
}

function oneNumber(text: string): number | string {
  const found = [...new Set(numbersIn(text))];
  if (found.length === 1) return found[0]!;
  if (found.length > 1) return 'more than one number';
  const words = wordsOf(text.slice(0, sentenceMax)).flatMap((word) => numberWord(word) ?? []);
  return words.length === 1 ? words[0]! : 'no number';
}

/** A number as people write it; null where it cannot be told what it means. */
function valueOf(found: string): number | null {
  const isNegative = found.startsWith('-');
  const digits = found.replace(/^-/, '').replace(/[’\u00a0\u202f ]/g, "'");
  const plain = withoutGroups(digits);
  if (plain === null) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? (isNegative ? -value : value) : null;
}

function withoutGroups(digits: string): string | null {
  const ungrouped = digits.replace(/(?<=\d)'(?=\d{3}(?!\d))/g, '');
  if (ungrouped.includes("'")) return null;
  const signs = ungrouped.match(/[.,]/g) ?? [];
  const last = signs.at(-1);
  if (last === undefined) return ungrouped;
  const isMixed = new Set(signs).size > 1;
  const parts = ungrouped.split(/[.,]/);
  const groups = isMixed ? parts.slice(1, -1) : parts.slice(1);
  const areGroups = groups.every((group) => group.length === 3);
  if (isMixed) {
    const isClean = areGroups && signs.filter((sign) => sign === last).length === 1;
    return isClean ? `${parts.slice(0, -1).join('')}.${parts.at(-1)}` : null;
  }
  if (signs.length > 1) return areGroups ? parts.join('') : null;
  // "1.500" is fifteen hundred in most of Europe and one and a half elsewhere; nobody writes thousandths in a chat.
  return areGroups && parts[0]!.length <= 3 && parts[0] !== '0' ? parts.join('') : parts.join('.');
}

function latinDigits(text: string): string {
  return text.normalize('NFKC').replace(/\p{Nd}/gu, (digit) => String(digitValue(digit)));
}

/** Unicode keeps the ten digits of a script side by side, zero first; all that are in use begin at xxx0 or xxx6. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0)!;
  if (code <= 0x39) return code - 0x30;
  return code % 16 >= 6 ? (code - 6) % 16 : code % 16;
}
