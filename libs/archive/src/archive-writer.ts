import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, type WriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import { tarEnd, tarHeader, tarPadding } from './tar.js';

/** What the manifest says of a file. */
export interface ArchivedFile {
  name: string;
  /** Lines of data; 1 for anything else. */
  rows: number;
  /** Of the content, in hexadecimal. */
  sha256: string;
}

/** A piece of a file that is written. */
export interface TextPiece {
  /** As bytes: of UTF-8. */
  text: string | Uint8Array;
  /** That begin in it. */
  rows: number;
}

/** What is read and packed at once. */
const BLOCK_BYTES = 128 * 1024;

/**
 * Writes a `.tar.gz` of any size with little memory: what has no known size goes over a file beside it. The archive is at
 * its place when it is whole, or not at all.
 */
export class ArchiveWriter {
  readonly files: ArchivedFile[] = [];
  readonly #gzip: Gzip;
  readonly #out: WriteStream;
  readonly #done: Promise<void>;
  readonly #hash = createHash('sha256');

  private constructor(
    private readonly file: string,
    private readonly beside: string,
    out: WriteStream,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#out = out;
    // The fastest level: an archive waits for the database, not for the disk.
    this.#gzip = createGzip({ level: 1, chunkSize: BLOCK_BYTES });
    this.#gzip.on('data', (chunk: Buffer) => this.#hash.update(chunk));
    this.#done = finished(this.#gzip.pipe(out)).then(() => undefined);
    // Said again by whoever waits for the end.
    this.#done.catch(() => undefined);
  }

  /**
   * @param file  absolute; its folder is made
   * @param signal  aborted: whatever is being added throws, within a piece
   */
  static async open(file: string, signal?: AbortSignal): Promise<ArchiveWriter> {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const beside = `${file}.${randomUUID()}`;
    return new ArchiveWriter(file, beside, await writeTo(beside), signal);
  }

  /** Adds a file of texts as they come; `rows` of each piece are summed. */
  async addText(name: string, pieces: AsyncIterable<TextPiece>): Promise<ArchivedFile> {
    const beside = `${this.beside}.part`;
    const out = await writeTo(beside);
    const hash = createHash('sha256');
    let rows = 0;
    try {
      for await (const piece of pieces) {
        this.signal?.throwIfAborted();
        rows += piece.rows;
        hash.update(piece.text);
        if (!out.write(piece.text)) await once(out, 'drain');
      }
      out.end();
      await finished(out);
      const { size } = await stat(beside);
      await this.#add(name, size, createReadStream(beside, { highWaterMark: BLOCK_BYTES }));
    } finally {
      out.destroy();
      await rm(beside, { force: true });
    }
    return this.#note({ name, rows, sha256: hash.digest('hex') });
  }

  /** Adds bytes whose size is known. */
  async addBytes(
    name: string,
    sizeBytes: number,
    content: AsyncIterable<Uint8Array>,
    sha256: string,
  ): Promise<void> {
    await this.#add(name, sizeBytes, content);
    this.#note({ name, rows: 1, sha256 });
  }

  /** Adds the manifest and closes. @returns size and hash of the archive */
  async close(manifest: object): Promise<{ sizeBytes: number; sha256: string }> {
    const text = Buffer.from(`${JSON.stringify({ ...manifest, files: this.files }, null, 2)}\n`);
    await this.#add('manifest.json', text.length, [text]);
    await this.#write(tarEnd());
    this.#gzip.end();
    await this.#done;
    const { size } = await stat(this.beside);
    await rename(this.beside, this.file);
    return { sizeBytes: size, sha256: this.#hash.digest('hex') };
  }

  /** Takes away what was written. */
  async abandon(): Promise<void> {
    this.#gzip.destroy();
    this.#out.destroy();
    await rm(this.beside, { force: true });
  }

  async #add(
    name: string,
    sizeBytes: number,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    await this.#write(tarHeader(name, sizeBytes));
    for await (const piece of content) await this.#write(piece);
    await this.#write(tarPadding(sizeBytes));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.signal?.throwIfAborted();
    if (bytes.length > 0 && !this.#gzip.write(bytes)) await once(this.#gzip, 'drain');
  }

  #note(file: ArchivedFile): ArchivedFile {
    this.files.push(file);
    return file;
  }
}

/** The file is there before the first byte: one that is made later would stay behind when the writing is given up. */
async function writeTo(file: string): Promise<WriteStream> {
  const handle = await open(file, 'w', 0o600);
  return handle.createWriteStream({ highWaterMark: BLOCK_BYTES });
}
