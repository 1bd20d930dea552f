import { findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js';
import { refused, sentenceMax, understood, type Answered } from './answer.js';

/** A telephone number in a text. */
export interface PhoneFound {
  readonly e164: string;
  /** UTF-16 code units from the beginning of the text. */
  readonly start: number;
  readonly end: number;
  /** Whether it is written as people write telephone numbers; any other number could be that of an order. */
  readonly isPlain: boolean;
}

/**
 * The numbers in a text that could be dialled.
 *
 * @param country  ISO 3166-1: whose numbers may be written without a country code; without it only `+…` is found
 */
export function phonesIn(text: string, country: string | undefined): readonly PhoneFound[] {
  if (!/\p{Nd}{2}/u.test(text)) return [];
  const options = country !== undefined && isSupportedCountry(country) ? { defaultCountry: country } : {};
  return findPhoneNumbersInText(text, options).map(({ number, startsAt, endsAt }) => ({
    e164: number.number,
    start: startsAt,
    end: endsAt,
    isPlain: isWrittenAsPhone(text.slice(startsAt, endsAt)),
  }));
}

/** Understands one telephone number, alone or in a sentence, as E.164. */
export function readPhone(text: string, country: string | undefined): Answered {
  const international = text.slice(0, sentenceMax).replace(/^\s*00(?=[1-9])/, '+');
  const found = phonesIn(international, country);
  const plain = found.filter(({ isPlain }) => isPlain);
  // Asked for a number, people may give it without any sign of one; beside a plain one, others are something else.
  const numbers = [...new Set((plain.length > 0 ? plain : found).map(({ e164 }) => e164))];
  if (numbers.length === 1) return understood(numbers[0]!);
  return refused(numbers.length === 0 ? 'no number' : 'more than one number');
}

const dateOrVersion = /^\d{1,4}([./-])\d{1,4}\1\d{1,4}/;

function isWrittenAsPhone(written: string): boolean {
  const digits = written.replace(/\D/g, '').length;
  if (digits < 7 || (dateOrVersion.test(written) && digits < 10)) return false;
  return /^[+(0]/.test(written) || /\d[ .-]\(?\d/.test(written);
}
