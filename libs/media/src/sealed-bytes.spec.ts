import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerBytes, isSealed, PieceOpener, pieceBytes, sealedSize, sealPieces } from './sealed-bytes.js';

const key = createSecretKey(randomBytes(32));
const seal = (plain: Uint8Array, place = 'w|a'): Buffer => Buffer.concat([...sealPieces(key, place, plain)]);

/** The plain bytes from the first to the last, both included, as a reader takes them out of a file. */
function open(sealed: Buffer, { place = 'w|a', first = 0, last = Infinity, by = key } = {}): Buffer {
  const opener = new PieceOpener(by, place, sealed.subarray(0, headerBytes), sealed.byteLength);
  const end = Math.min(last, opener.plainSize - 1);
  const { from, to } = opener.piecesOf(first, end);
  const pieces: Buffer[] = [];
  for (let at = from; at <= to; at++) {
    const { start, length } = opener.placeOf(at);
    pieces.push(opener.open(at, sealed.subarray(start, start + length)));
  }
  return Buffer.concat(pieces).subarray(first - from * pieceBytes, end + 1 - from * pieceBytes);
}

/** Sizes around the edges of pieces, and any other. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 300_000 }),
  fc.constantFrom(0, 1, pieceBytes - 1, pieceBytes, pieceBytes + 1, 2 * pieceBytes, 4 * pieceBytes),
);
const plainOf = (length: number): Buffer => randomBytes(length);

describe('a sealed file', () => {
  it('opens as it was, whole and in any part, and has the size that was told', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.nat(), (length, a, b) => {
        const plain = plainOf(length);
        const sealed = seal(plain);
        expect(isSealed(sealed)).toBe(true);
        expect(sealed.byteLength).toBe(sealedSize(length));
        expect(open(sealed).equals(plain)).toBe(true);
        if (length === 0) return;
        const [first, last] = [a % length, b % length].sort((x, y) => x - y) as [number, number];
        expect(open(sealed, { first, last }).equals(plain.subarray(first, last + 1))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused when any bit of it was flipped', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.integer({ min: 0, max: 7 }), (length, at, bit) => {
        const sealed = seal(plainOf(length));
        sealed[at % sealed.byteLength]! ^= 1 << bit;
        expect(() => open(sealed)).toThrow(/store\/sealed/);
      }),
      { numRuns: 200 },
    );
  });

  it('is refused when it was cut short or went on, wherever, and whichever part is asked for', () => {
    fc.assert(
      fc.property(size, fc.nat(), fc.integer({ min: 1, max: 70_000 }), (length, cut, more) => {
        const sealed = seal(plainOf(length));
        const short = sealed.subarray(0, cut % sealed.byteLength);
        expect(() => open(short, { last: 0 })).toThrow(/store\/sealed/);
        const long = Buffer.concat([sealed, randomBytes(more)]);
        expect(() => open(long, { last: 0 })).toThrow(/store\/sealed/);
      }),
      { numRuns: 100 },
    );
    // Also at the edge of a piece, with a header that says so.
    const sealed = seal(plainOf(3 * pieceBytes));
    const short = Buffer.from(sealed.subarray(0, sealedSize(2 * pieceBytes)));
    short.writeBigUInt64BE(BigInt(2 * pieceBytes), headerBytes - 8);
    expect(() => open(short, { last: 0 })).toThrow(/store\/sealed/);
  });

  it('is refused when its pieces change places, or come from another file', () => {
    const [one, two] = [seal(plainOf(3 * pieceBytes)), seal(plainOf(3 * pieceBytes))];
    const piece = (file: Buffer, at: number): Buffer =>
      file.subarray(headerBytes + at * (pieceBytes + 16), headerBytes + (at + 1) * (pieceBytes + 16));
    const head = one.subarray(0, headerBytes);
    const swapped = Buffer.concat([head, piece(one, 1), piece(one, 0), piece(one, 2)]);
    expect(() => open(swapped)).toThrow(/store\/sealed/);
    const mixed = Buffer.concat([head, piece(one, 0), piece(two, 1), piece(one, 2)]);
    expect(() => open(mixed)).toThrow(/store\/sealed/);
    expect(open(mixed, { last: pieceBytes - 1 })).toHaveLength(pieceBytes);
  });

  it('opens for no other file and by no other key, and is never twice the same', () => {
    const plain = plainOf(10);
    const sealed = seal(plain);
    expect(() => open(sealed, { place: 'w|b' })).toThrow(/store\/sealed/);
    expect(() => open(sealed, { by: createSecretKey(randomBytes(32)) })).toThrow(/store\/sealed/);
    expect(seal(plain).equals(sealed)).toBe(false);
  });
});
