import { isGsm7, septetsOf } from './gsm7.js';

export type SmsEncoding = 'gsm-7' | 'ucs-2';

/** How the network carries a text. */
export interface SmsSize {
  encoding: SmsEncoding;
  /** Septets in GSM-7, UTF-16 code units in UCS-2. */
  units: number;
  /** Messages that the network makes of it, and that are paid for; 1 also for an empty text. */
  segments: number;
}

/**
 * Units in one message, and in each of several that belong together: their header takes six octets.
 *
 * @see 3GPP TS 23.040 §9.2.3.24.1; https://www.twilio.com/docs/glossary/what-sms-character-limit (2025-12)
 */
export const segmentUnits = {
  'gsm-7': { single: 160, joined: 153 },
  'ucs-2': { single: 70, joined: 67 },
} as const satisfies Record<SmsEncoding, { single: number; joined: number }>;

/** GSM-7 when every character is in its alphabet, else UCS-2. */
export function encodingOf(text: string): SmsEncoding {
  return isGsm7(text) ? 'gsm-7' : 'ucs-2';
}

/** What a text costs. */
export function sizeOf(text: string): SmsSize {
  const encoding = encodingOf(text);
  const { single } = segmentUnits[encoding];
  let units = 0;
  for (const sign of text) units += unitsOf(sign, encoding);
  return { encoding, units, segments: units <= single ? 1 : segmentsOf(text).length };
}

/**
 * The pieces of a text that go into one message each. No extension character and no surrogate pair is split, so a piece may be a
 * unit short.
 *
 * @returns in order, never empty; one empty piece for an empty text
 */
export function segmentsOf(text: string, encoding: SmsEncoding = encodingOf(text)): string[] {
  const { single, joined } = segmentUnits[encoding];
  const signs = Array.from(text, (sign) => ({ sign, units: unitsOf(sign, encoding) }));
  if (signs.reduce((sum, { units }) => sum + units, 0) <= single) return [text];
  const pieces: string[] = [];
  let piece = '';
  let used = 0;
  for (const { sign, units } of signs) {
    if (used + units > joined) {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    piece += sign;
    used += units;
  }
  return [...pieces, piece];
}

/** In UCS-2 a code point takes its UTF-16 code units; in GSM-7 what is not in the alphabet is replaced by one septet. */
function unitsOf(sign: string, encoding: SmsEncoding): number {
  return encoding === 'ucs-2' ? sign.length : (septetsOf(sign) ?? 1);
}
