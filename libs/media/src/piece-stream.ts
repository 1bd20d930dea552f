import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange } from './media-files.js';
import { pieceBytes, type PieceOpener } from './sealed-bytes.js';

/** The plain bytes of a sealed file, piece by piece as they are wanted; it closes the file whatever happens. */
export class PieceStream extends Readable {
  #at: number;
  #ready: Buffer | null = null;

  private constructor(
    private readonly handle: FileHandle,
    private readonly opener: PieceOpener,
    private readonly range: ByteRange,
  ) {
    super({ highWaterMark: pieceBytes });
    this.#at = opener.piecesOf(range.first, range.last).from;
  }

  /**
   * @param handle  the stream's from here on
   * @returns when the first piece was opened: a file that is not what was sealed is refused before anything is answered
   * @throws Fault `store/sealed`
   */
  static async open(handle: FileHandle, opener: PieceOpener, range?: ByteRange): Promise<PieceStream> {
    const all = { first: 0, last: Math.max(0, opener.plainSize - 1) };
    const stream = new PieceStream(handle, opener, range ?? all);
    stream.#ready = await readPiece(handle, opener, stream.#at);
    return stream;
  }

  override _read(): void {
    this.#next().then(
      (piece) => this.push(piece),
      (error: Error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    void this.#close(error, done);
  }

  async #close(error: Error | null, done: (error?: Error | null) => void): Promise<void> {
    try {
      await this.handle.close();
      done(error);
    } catch (cause) {
      done(error ?? (cause as Error));
    }
  }

  async #next(): Promise<Buffer | null> {
    const { first, last } = this.range;
    const { to } = this.opener.piecesOf(first, last);
    const at = this.#at++;
    if (at > to) return null;
    const piece = this.#ready ?? (await readPiece(this.handle, this.opener, at));
    this.#ready = null;
    const wanted = piece.subarray(Math.max(0, first - at * pieceBytes), last + 1 - at * pieceBytes);
    // An empty piece would end nothing and bring nothing: only an empty file has one.
    return wanted.byteLength === 0 ? null : wanted;
  }
}

/** Fewer bytes than asked for where the file ends. */
export async function readAt(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** @throws Fault `store/sealed` */
export async function readPiece(handle: FileHandle, opener: PieceOpener, at: number): Promise<Buffer> {
  const { start, length } = opener.placeOf(at);
  return opener.open(at, await readAt(handle, start, length));
}
