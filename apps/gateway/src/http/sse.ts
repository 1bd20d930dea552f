import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** One server-sent event. */
export interface SentEvent {
  /** Position in the log; live events have none. */
  id?: number | undefined;
  event: string;
  data: unknown;
}

/** How long a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 2_000;
/** Proxies cut silent connections after 30 to 60 s. */
const PING_MS = 15_000;
/** Bytes that may wait for a client that does not read. */
const PENDING_BYTES_MAX = 1_048_576;

/**
 * The body of a stream of server-sent events. Says nothing for 15 s: a comment keeps the way open. A client that does
 * not read is cut off: it comes back and resumes.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html (read 2026-11-21)
 */
export class SseBody extends Readable {
  readonly #ping: NodeJS.Timeout;
  #isFinished = false;

  constructor() {
    super({ highWaterMark: 16_384 });
    this.#ping = setInterval(() => this.#write(': ping\n\n'), PING_MS);
    this.#ping.unref();
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Sends one event; does nothing on a stream that has ended. */
  send({ id, event, data }: SentEvent): void {
    const position = id === undefined ? '' : `id: ${id}\n`;
    this.#write(`${position}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Ends the stream after what was sent. */
  finish(): void {
    if (!this.destroyed && !this.#isFinished) this.push(null);
    this.#isFinished = true;
  }

  /** As the answer of a handler. */
  asAnswer(): StreamableFile {
    return new StreamableFile(this, { type: 'text/event-stream; charset=utf-8' });
  }

  override _read(): void {
    // Events are pushed when they happen.
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#ping);
    done(error);
  }

  #write(text: string): void {
    if (this.destroyed || this.#isFinished) return;
    this.push(text);
    if (this.readableLength > PENDING_BYTES_MAX) this.destroy();
  }
}
