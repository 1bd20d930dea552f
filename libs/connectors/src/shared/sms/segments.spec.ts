import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from '../../../../../test/support/arbitraries.js';
import { decodeGsm7, encodeGsm7, isGsm7 } from './gsm7.js';
import { encodingOf, segmentsOf, segmentUnits, sizeOf } from './segments.js';

const gsmText = fc.string({
  unit: fc.constantFrom(...'abcXYZ 019@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n^{}\\[~]|€'),
  maxLength: 700,
});

describe('the size of an SMS', () => {
  it.each([
    ['', 'gsm-7', 0, 1],
    ['a'.repeat(160), 'gsm-7', 160, 1],
    ['a'.repeat(161), 'gsm-7', 161, 2],
    ['a'.repeat(306), 'gsm-7', 306, 2],
    ['a'.repeat(307), 'gsm-7', 307, 3],
    ['€'.repeat(80), 'gsm-7', 160, 1],
    ['€'.repeat(81), 'gsm-7', 162, 2],
    // 153 is odd: the last septet of each message stays empty, and 152 euros need three.
    ['€'.repeat(152), 'gsm-7', 304, 2],
    ['€'.repeat(153), 'gsm-7', 306, 3],
    ['ñäöüßÉ', 'gsm-7', 6, 1],
    ['ç', 'ucs-2', 1, 1],
    ['Ж'.repeat(70), 'ucs-2', 70, 1],
    ['Ж'.repeat(71), 'ucs-2', 71, 2],
    ['😀'.repeat(35), 'ucs-2', 70, 1],
    ['😀'.repeat(36), 'ucs-2', 72, 2],
    ['a'.repeat(69) + '’', 'ucs-2', 70, 1],
    ['a'.repeat(70) + '’', 'ucs-2', 71, 2],
  ])('of %j is %s with %i units in %i segments', (said, encoding, units, segments) => {
    expect(sizeOf(said)).toEqual({ encoding, units, segments });
  });

  it('never splits a surrogate pair', () => {
    const pieces = segmentsOf('a' + '😀'.repeat(60));
    expect(pieces.every((piece) => !/\p{Surrogate}/u.test(piece))).toBe(true);
    expect(pieces[0]).toHaveLength(67);
    expect(segmentsOf('😀'.repeat(60))[0]).toHaveLength(66);
  });

  it('holds for any text: pieces fit, and together they are the text', () => {
    fc.assert(
      fc.property(fc.oneof(gsmText, text(500)), (said) => {
        const pieces = segmentsOf(said);
        expect(pieces.join('')).toBe(said);
        expect(sizeOf(said).segments).toBe(pieces.length);
        const encoding = encodingOf(said);
        const max = segmentUnits[encoding][pieces.length > 1 ? 'joined' : 'single'];
        for (const piece of pieces) {
          expect(encoding === 'gsm-7' ? encodeGsm7(piece).length : piece.length).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  it('never shrinks when the text grows', () => {
    fc.assert(
      fc.property(text(400), text(400), (first, more) => {
        expect(sizeOf(first + more).segments).toBeGreaterThanOrEqual(sizeOf(first).segments);
      }),
    );
  });
});

describe('GSM-7', () => {
  it('reads back every character of its alphabet', () => {
    fc.assert(
      fc.property(gsmText, (said) => {
        expect(isGsm7(said)).toBe(true);
        expect(decodeGsm7(encodeGsm7(said))).toBe(said);
      }),
    );
  });

  it('has the codes of the standard', () => {
    expect([...encodeGsm7('@ñ €')]).toEqual([0, 0x7d, 0x20, 0x1b, 0x65]);
  });

  it('reads what is broken without failing', () => {
    expect(decodeGsm7(Uint8Array.of(0x41, 0x1b, 0x41, 0x1b))).toBe('A ');
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof decodeGsm7(bytes) === 'string'));
  });
});
