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
/** Bytes that wait for a slow client before whoever reads a log for it is asked to wait too. */
const FULL_BYTES = 262_144;
/** Bytes that may wait when those who tell something cannot wait. */
const PENDING_BYTES_MAX = 1_048_576;
/** Looks in a row, one every `PING_MS`, at which a client that has no room has read nothing. */
const STALLED_LOOKS_MAX = 4;

/**
 * The body of a stream of server-sent events. Says nothing for 15 s: a comment keeps the way open. A client that reads
 * slowly is served at its pace; one that has not read for a minute, or falls far behind of what happens live, is cut off:
 * it comes back and resumes. However slowly it reads, at most `PENDING_BYTES_MAX` and one event are kept for it.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html (read 2026-11-21)
 */
export class SseBody extends Readable {
  readonly #ping: NodeJS.Timeout;
  readonly #waiting = new Set<() => void>();
  #isFinished = false;
  #stalledLooks = 0;
  #pendingAtLook = 0;

  constructor() {
    super({ highWaterMark: 16_384 });
    this.#ping = setInterval(() => this.#look(), PING_MS);
    this.#ping.unref();
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Sends one event; does nothing on a stream that has ended. */
  send({ id, event, data }: SentEvent): void {
    const position = id === undefined ? '' : `id: ${id}\n`;
    this.#write(`${position}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Whether the client is so far behind that what can wait should. */
  get isFull(): boolean {
    return !this.destroyed && this.readableLength >= FULL_BYTES;
  }

  /** Calls back once: as soon as the client has read most of what it was sent, or has gone; at once when it is not behind. */
  whenRoom(goOn: () => void): void {
    if (this.isFull) this.#waiting.add(goOn);
    else goOn();
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
    // Events are pushed when they happen. Asking for more means that little is left of what was pushed.
    this.#tellWaiting();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearInterval(this.#ping);
    done(error);
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    // Not here and now: the stream is in the midst of a read.
    for (const goOn of waiting) setImmediate(goOn);
  }

  #look(): void {
    const hasRead = !this.isFull || this.readableLength < this.#pendingAtLook;
    this.#stalledLooks = hasRead ? 0 : this.#stalledLooks + 1;
    if (this.#stalledLooks >= STALLED_LOOKS_MAX) this.destroy();
    this.#write(': ping\n\n');
    this.#pendingAtLook = this.readableLength;
  }

  #write(text: string): void {
    if (this.destroyed || this.#isFinished) return;
    // Looked at before, so that one event of any size passes.
    if (this.readableLength > PENDING_BYTES_MAX) this.destroy();
    else this.push(text);
  }
}
