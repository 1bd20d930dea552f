import { decodeGsm7, encodeGsm7 } from '../shared/sms/gsm7.js';
import { encodingOf, segmentsOf } from '../shared/sms/segments.js';
import type { SmppSettings } from './manifest.js';

/** Data codings. @see SMPP 3.4 §5.2.19 (read 2026-11-21) */
const CODING = { default: 0, ascii: 1, latin1: 3, ucs2: 8 } as const;
type Alphabet = SmppSettings['default_alphabet'];

/** A text as messages of SMPP. */
export interface EncodedSms {
  dataCoding: number;
  /** Bytes of each segment, without header; one for a text that fits. */
  segments: Buffer[];
}

/**
 * Encodes a text in the alphabet of the SMSC where it can say it, else in UCS-2. The alphabet is chosen here and not by the library.
 *
 * @param canCut  false for one piece, however long
 */
export function encodeSms(text: string, alphabet: Alphabet, canCut = true): EncodedSms {
  const isPlain = encodingOf(text) === 'gsm-7' && isSayable(text, alphabet);
  const encode = isPlain ? plainEncoders[alphabet] : ucs2;
  const pieces = canCut ? segmentsOf(text, isPlain ? 'gsm-7' : 'ucs-2') : [text];
  return { dataCoding: isPlain ? CODING.default : CODING.ucs2, segments: pieces.map(encode) };
}

function isSayable(text: string, alphabet: Alphabet): boolean {
  if (alphabet === 'gsm-7') return true;
  const last = alphabet === 'latin-1' ? 0xff : 0x7e;
  return Array.from(text).every((sign) => sign.codePointAt(0)! <= last);
}

const plainEncoders: Record<Alphabet, (text: string) => Buffer> = {
  'gsm-7': encodeGsm7,
  'latin-1': (text) => Buffer.from(text, 'latin1'),
  ascii: (text) => Buffer.from(text, 'latin1'),
};
const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

/**
 * Reads the bytes of a message by its data coding. A part of a message may begin or end with half a sign.
 *
 * @returns null for bytes that are no text
 * @see 3GPP TS 23.038 §4 for codings from 0xC0 on
 */
export function decodeSms(bytes: Uint8Array, dataCoding: number, alphabet: Alphabet): string | null {
  const kind = alphabetOf(dataCoding, alphabet);
  if (kind === null) return null;
  const text =
    kind === 'ucs-2'
      ? fromUcs2(bytes)
      : kind === 'gsm-7'
        ? decodeGsm7(bytes)
        : Buffer.from(bytes).toString('latin1');
  return text.replaceAll('\0', '');
}

function alphabetOf(dataCoding: number, alphabet: Alphabet): Alphabet | 'ucs-2' | null {
  if (dataCoding === CODING.default) return alphabet;
  if (dataCoding === CODING.ascii) return 'ascii';
  if (dataCoding === CODING.latin1) return 'latin-1';
  if (dataCoding === CODING.ucs2 || (dataCoding & 0xf0) === 0xe0) return 'ucs-2';
  if ((dataCoding & 0xf0) === 0xf0) return (dataCoding & 0x04) === 0 ? 'gsm-7' : null;
  if (dataCoding === 0x10 || dataCoding === 0x11) return 'gsm-7';
  return (dataCoding & 0xfc) === 0x18 ? 'ucs-2' : null;
}

function fromUcs2(bytes: Uint8Array): string {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return even.swap16().toString('utf16le');
}

/** What the header in front of a message says of its place in a longer one. */
export interface PartOf {
  ref: string;
  part: number;
  total: number;
}

/** Splits header and text; the header's first byte is its length. */
export function splitUdh(bytes: Uint8Array): { udh: Uint8Array; text: Uint8Array } {
  const length = Math.min((bytes[0] ?? 0) + 1, bytes.length);
  return { udh: bytes.subarray(1, length), text: bytes.subarray(length) };
}

/** @see 3GPP TS 23.040 §9.2.3.24.1, §9.2.3.24.8 (read 2026-11-21) */
export function partOfUdh(udh: Uint8Array): PartOf | null {
  for (let at = 0; at + 1 < udh.length; at += 2 + udh[at + 1]!) {
    const value = udh.subarray(at + 2, at + 2 + udh[at + 1]!);
    if (udh[at] === 0x00 && value.length === 3)
      return { ref: `8.${value[0]}`, total: value[1]!, part: value[2]! };
    if (udh[at] === 0x08 && value.length === 4) {
      return { ref: `16.${value[0]! * 256 + value[1]!}`, total: value[2]!, part: value[3]! };
    }
  }
  return null;
}

/** The header of one of several segments, with its length. */
export const udhOf = (ref: number, part: number, total: number): Buffer =>
  Buffer.from([5, 0, 3, ref & 0xff, total, part]);
