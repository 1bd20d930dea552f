import { fault } from '#libs/faults';

const BLOCK = 512;
/** What eleven octal digits can say. */
const OCTAL_MAX = 0o77777777777;

/**
 * The header of a file in a tar archive (POSIX ustar; sizes above 8 GiB in base 256, as GNU and BSD tar read them).
 *
 * @param name  at most 100 bytes of ASCII
 * @param sizeBytes  of the content that follows
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar Interchange Format, read 2026-11-21)
 */
export function tarHeader(name: string, sizeBytes: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, 'ascii');
  block.write('0000644\0', 100, 'ascii');
  block.write('0000000\0', 108, 'ascii');
  block.write('0000000\0', 116, 'ascii');
  writeSize(block, sizeBytes);
  // The time is left at zero: the same content is the same archive.
  block.write('00000000000\0', 136, 'ascii');
  block.fill(' ', 148, 156);
  block.write('0', 156, 'ascii');
  block.write('ustar', 257, 'ascii');
  block.write('00', 263, 'ascii');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return block;
}

/** The zeros that fill up the last block of a file. */
export const tarPadding = (sizeBytes: number): Buffer => Buffer.alloc((BLOCK - (sizeBytes % BLOCK)) % BLOCK);

/** What ends an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(BLOCK * 2);

/** A file in an archive; its content must be read to the end before the next one is asked for. */
export interface TarEntry {
  name: string;
  sizeBytes: number;
  content: AsyncGenerator<Buffer>;
}

/**
 * Reads an archive as it comes: memory holds one piece of it.
 *
 * @throws Fault `input/invalid` when it is no tar archive, or ends early
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(source);
  for (;;) {
    const header = await reader.exactly(BLOCK);
    if (header.every((byte) => byte === 0)) return;
    const { name, sizeBytes, isFile } = parseHeader(header);
    let left = sizeBytes;
    const content = (async function* () {
      while (left > 0) {
        const piece = await reader.atMost(left);
        left -= piece.length;
        yield piece;
      }
    })();
    if (isFile) yield { name, sizeBytes, content };
    // What nobody read is passed over.
    while (left > 0) left -= (await reader.atMost(left)).length;
    await reader.exactly(tarPadding(sizeBytes).length);
  }
}

function writeSize(block: Buffer, sizeBytes: number): void {
  if (sizeBytes <= OCTAL_MAX) {
    block.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124, 'ascii');
    return;
  }
  block.writeBigUInt64BE(BigInt(sizeBytes), 128);
  block[124] = 0x80;
}

function parseHeader(block: Buffer): { name: string; sizeBytes: number; isFile: boolean } {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  const written = Number.parseInt(block.toString('ascii', 148, 156).replace(/\0.*$/, '').trim(), 8);
  if (sum !== written) throw notAnArchive('A header of the archive is damaged.');
  const name = block.toString('utf8', 0, 100).replace(/\0.*$/s, '');
  const isLarge = (block[124]! & 0x80) !== 0;
  const sizeBytes = isLarge
    ? Number(block.readBigUInt64BE(128))
    : Number.parseInt(block.toString('ascii', 124, 136).replace(/\0.*$/s, '').trim() || '0', 8);
  if (!Number.isSafeInteger(sizeBytes)) throw notAnArchive('A size in the archive is damaged.');
  const type = String.fromCharCode(block[156]!);
  return { name, sizeBytes, isFile: type === '0' || type === '\0' };
}

const notAnArchive = (detail: string): Error => fault('input/invalid', { detail });

/** Bytes of a source in pieces of the size that is wanted. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** 1 to `max` bytes. */
  async atMost(max: number): Promise<Buffer> {
    while (this.#held.length === 0) await this.#pull();
    const piece = this.#held.subarray(0, max);
    this.#held = this.#held.subarray(piece.length);
    return piece;
  }

  async exactly(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = count; left > 0;) {
      const piece = await this.atMost(left);
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  async #pull(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done) throw notAnArchive('The archive ends too early.');
    this.#held = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
