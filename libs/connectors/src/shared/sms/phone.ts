import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Address } from '#libs/model';
import { z } from 'zod';

/** Setting: the country whose numbers may come without their country code. */
export const Country = z
  .string()
  .refine((code) => isSupportedCountry(code), { error: 'must be a country code of ISO 3166 like DE' })
  .optional()
  .describe('Country (ISO 3166, like DE) of numbers that come without a country code');

/**
 * A number as E.164: `+` and digits, the same for every way of writing it. Short codes and names of senders are no such numbers
 * and come back as they are, without spaces at the ends.
 *
 * @param country  where numbers without `+` are at home, if they can be numbers there; without it, or where they cannot, 8 digits
 *   or more count as a number with its code
 */
export function toE164(raw: string, country?: string): string {
  const words = raw.trim();
  if (!/\d/.test(words) || /[a-z]/i.test(words)) return words;
  const dialled = words.replace(/\D/g, '');
  const text = /^\D*\+/.test(words) ? `+${dialled}` : dialled.replace(/^00(?=[1-9])/, '+');
  const digits = text.replace('+', '');
  const home = country !== undefined && isSupportedCountry(country) ? { defaultCountry: country } : {};
  const readings = [
    parsePhoneNumberFromString(text, { ...home, extract: false }),
    ...(digits.length >= 8 ? [parsePhoneNumberFromString(`+${digits}`, { extract: false })] : []),
  ];
  const best = readings.find((one) => one?.isValid()) ?? readings.find((one) => one?.isPossible());
  return best?.number ?? text;
}

/** Whether a text is a number as {@link toE164} writes it. */
export const isE164 = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text);

/** Whether a message may be sent there: E.164, or a short code of 3 to 8 digits. */
export const isReachable = (text: string): boolean => isE164(text) || /^\d{3,8}$/.test(text);

/** Who sent a message, as an address of ours. */
export function phoneAddress(raw: string, country?: string): Address {
  return { kind: 'phone', value: toE164(raw, country) };
}

/** What the networks call a sender: a number, a short code, or a name of up to 11 characters. */
export type SenderKind = 'number' | 'short-code' | 'name';
export function senderKind(sender: string): SenderKind {
  if (isE164(sender)) return 'number';
  return /^\d{3,8}$/.test(sender) ? 'short-code' : 'name';
}

/** Setting: who messages come from. */
export const Sender = z
  .string()
  .trim()
  .refine((sender) => /^\+?\d{3,15}$/.test(sender) || /^(?=.*[a-z])[a-z0-9 &_.+-]{1,11}$/i.test(sender), {
    error: 'must be a number like +4915112345678, a short code, or a name of up to 11 letters and digits',
  })
  .describe('Who messages come from: a number with +, a short code, or a name of up to 11 characters');
