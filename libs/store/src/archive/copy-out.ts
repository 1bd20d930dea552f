import type { Connection, Submittable } from 'pg';

/** Bytes that are handed on at once: small enough to be young when they are let go of, large enough for few steps. */
const BLOCK_BYTES = 128 * 1024;
/** Blocks that wait at most; beyond, the server waits. */
const BLOCKS_MAX = 4;

/**
 * Writes a row from its place on, in at most one byte more than it has.
 *
 * @returns how many bytes were written
 */
export type WriteRow = (row: Uint8Array, to: Buffer, start: number) => number;

/** Whole rows, as the server wrote them, or as they were told to be written. */
export interface CopiedRows {
  text: Buffer;
  rows: number;
}

/**
 * `COPY … TO STDOUT`, as bytes: what the server sends goes on as it is, no row becomes an object. Memory holds a few blocks,
 * however slowly they are taken.
 *
 * The server sends each row as a message of its own, with a line feed at its end.
 *
 * @see https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-COPY (read 2026-11-21)
 */
export class CopyOut implements Submittable {
  #rows = 0;
  #connection: Connection | undefined;
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #filled = 0;
  readonly #blocks: CopiedRows[] = [];
  #isDone = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** @param write  how rows are written, when not as they come */
  constructor(
    private readonly text: string,
    private readonly write?: WriteRow,
  ) {}

  /** Blocks in order. Ended before the last one, it takes the connection with it: the server knows no other way. */
  async *blocks(): AsyncGenerator<CopiedRows> {
    try {
      for (;;) {
        const block = this.#blocks.shift();
        if (block) {
          if (this.#blocks.length < BLOCKS_MAX) this.#connection?.stream.resume();
          yield block;
        } else if (this.#error) {
          throw this.#error;
        } else if (this.#isDone) {
          return;
        } else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
        }
      }
    } finally {
      if (!this.#isDone) this.#connection?.stream.destroy();
    }
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    connection.query(this.text);
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const length = chunk.length + 1;
    if (this.#filled + length > this.#block.length) {
      this.#hand();
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, length));
    }
    // The driver writes over what it has read.
    this.#filled += this.write
      ? this.write(chunk, this.#block, this.#filled)
      : chunk.copy(this.#block, this.#filled);
    this.#rows++;
  }

  handleCommandComplete(): void {
    this.#hand();
  }

  handleReadyForQuery(): void {
    this.#isDone = true;
    this.#tell();
  }

  handleError(error: Error): void {
    // An error of the server is followed by its being ready again; one of the connection is the end.
    this.#error ??= error;
    this.#tell();
  }

  #hand(): void {
    if (this.#filled === 0) return;
    this.#blocks.push({ text: this.#block.subarray(0, this.#filled), rows: this.#rows });
    this.#filled = 0;
    this.#rows = 0;
    if (this.#blocks.length >= BLOCKS_MAX) this.#connection?.stream.pause();
    this.#tell();
  }

  #tell(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
