import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { fault } from '#libs/faults';

/** With what every sealed file begins. */
const MAGIC = Buffer.from('PARLEY\u00011', 'latin1');
const SALT = 32;
/** Bytes before the first piece: what it is, the salt, and how many plain bytes follow. */
export const headerBytes = MAGIC.byteLength + SALT + 8;
/** Plain bytes of a piece; only the last one is shorter. */
export const pieceBytes = 65_536;
const TAG = 16;

/**
 * Seals bytes piece by piece with AES-256-GCM, as Tink's streaming AEAD does: the key of a file is derived with a salt of its
 * own, and the nonce of a piece is its number and whether it is the last. So no piece opens in another place, in another file,
 * or when the file was cut short or went on.
 *
 * @param key  32 bytes
 * @param place  which file it is; it opens as no other
 * @returns the header and the pieces; beside the plain bytes one piece is in memory
 * @see https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming (read 2026-11-21)
 */
export function* sealPieces(key: KeyObject, place: string, plain: Uint8Array): Generator<Buffer> {
  const header = Buffer.concat([MAGIC, randomBytes(SALT), sizeField(plain.byteLength)]);
  yield header;
  const own = ownKey(key, place, header);
  const last = lastPiece(plain.byteLength);
  for (let at = 0; at <= last; at++) {
    const cipher = createCipheriv('aes-256-gcm', own, nonceOf(at, last));
    const piece = cipher.update(plain.subarray(at * pieceBytes, (at + 1) * pieceBytes));
    yield Buffer.concat([piece, cipher.final(), cipher.getAuthTag()]);
  }
}

/** How many bytes a file of this size has when it is sealed. */
export function sealedSize(plainSize: number): number {
  return headerBytes + plainSize + (lastPiece(plainSize) + 1) * TAG;
}

/** Whether a file begins as sealed ones do. */
export function isSealed(start: Uint8Array): boolean {
  return Buffer.from(start.subarray(0, MAGIC.byteLength)).equals(MAGIC);
}

/** Where a piece stands in the sealed file. */
export interface PiecePlace {
  start: number;
  length: number;
}

/** Opens the pieces of one sealed file, in whatever order. */
export class PieceOpener {
  readonly plainSize: number;
  readonly #key: KeyObject;
  readonly #place: string;
  readonly #last: number;

  /**
   * @param header  the first `headerBytes` of the file
   * @param fileSize  of the sealed file
   * @throws Fault `store/sealed` when the file is no sealed one, or has not the size that its header says
   */
  constructor(key: KeyObject, place: string, header: Buffer, fileSize: number) {
    if (header.byteLength !== headerBytes || !isSealed(header)) throw unopenable(place);
    const plainSize = header.readBigUInt64BE(MAGIC.byteLength + SALT);
    if (plainSize > BigInt(fileSize)) throw unopenable(place);
    this.plainSize = Number(plainSize);
    if (sealedSize(this.plainSize) !== fileSize) throw unopenable(place);
    this.#key = ownKey(key, place, header);
    this.#place = place;
    this.#last = lastPiece(this.plainSize);
  }

  /** Pieces in which the plain bytes from the first to the last stand; both included. */
  piecesOf(first: number, last: number): { from: number; to: number } {
    const piece = (byte: number): number => Math.max(0, Math.min(Math.floor(byte / pieceBytes), this.#last));
    return { from: piece(first), to: piece(last) };
  }

  placeOf(at: number): PiecePlace {
    const length = at === this.#last ? this.plainSize - at * pieceBytes : pieceBytes;
    return { start: headerBytes + at * (pieceBytes + TAG), length: length + TAG };
  }

  /** @throws Fault `store/sealed` when a bit of it is not what was sealed */
  open(at: number, sealed: Uint8Array): Buffer {
    const { length } = this.placeOf(at);
    if (sealed.byteLength !== length) throw unopenable(this.#place);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(at, this.#last), {
      authTagLength: TAG,
    });
    decipher.setAuthTag(sealed.subarray(length - TAG));
    try {
      const plain = decipher.update(sealed.subarray(0, length - TAG));
      decipher.final();
      return plain;
    } catch (cause) {
      throw unopenable(this.#place, cause);
    }
  }
}

/** The salt is of this file alone, and so is the key: nonces need not be random. The size is bound by it too. */
function ownKey(key: KeyObject, place: string, header: Buffer): KeyObject {
  const info = Buffer.concat([Buffer.from(`parley file|${place}|`), header]);
  return createSecretKey(
    Buffer.from(
      hkdfSync('sha256', key, header.subarray(MAGIC.byteLength, MAGIC.byteLength + SALT), info, 32),
    ),
  );
}

function nonceOf(at: number, last: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(at, 7);
  nonce[11] = at === last ? 1 : 0;
  return nonce;
}

function lastPiece(plainSize: number): number {
  return Math.max(0, Math.ceil(plainSize / pieceBytes) - 1);
}

function sizeField(size: number): Buffer {
  const field = Buffer.alloc(8);
  field.writeBigUInt64BE(BigInt(size));
  return field;
}

function unopenable(place: string, cause?: unknown): Error {
  return fault('store/sealed', {
    detail: 'The file was altered, or is another one.',
    cause,
    facts: { place },
  });
}
