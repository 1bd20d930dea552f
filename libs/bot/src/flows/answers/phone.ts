import { findPhoneNumbersInText, isSupportedCountry, type CountryCode } from 'libphonenumber-js';
import { refused, sentenceMax, understood, type Answered } from './answer.js';

/** The country as libphonenumber knows it; undefined when it does not. */
export function knownCountry(country: string | undefined): CountryCode | undefined {
  return country !== undefined && isSupportedCountry(country) ? country : undefined;
}

/**
 * Understands one telephone number, alone or in a sentence, as E.164.
 *
 * @param country  whose numbers may be written without a country code; without it only `+…` is understood
 */
export function readPhone(text: string, country: string | undefined): Answered {
  const ascii = text
    .slice(0, sentenceMax)
    .normalize('NFKC')
    .replace(/^\s*00(?=[1-9])/, '+');
  const region = knownCountry(country);
  const found = findPhoneNumbersInText(ascii, region ? { defaultCountry: region } : {});
  const numbers = [...new Set(found.map(({ number }) => number.number))];
  if (numbers.length === 1) return understood(numbers[0]!);
  return refused(numbers.length === 0 ? 'no number' : 'more than one number');
}
