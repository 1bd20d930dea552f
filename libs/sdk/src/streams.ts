import type { liveEvents, loggedEvents } from './contract.gen.js';
import { ApiError, ConnectionError, isWorthRetrying } from './errors.js';
import type { CallOptions } from './options.js';
import { type Said, SseParser } from './sse.js';
import { type Call, pause, type Transport } from './transport.js';

/** Events that are kept in the log. */
export type LoggedEventType = (typeof loggedEvents)[number];
/** Events that are heard live or not at all. */
export type LiveEventType = (typeof liveEvents)[number];

/** Something that happened in a conversation. */
export interface StreamEvent {
  type: LoggedEventType | LiveEventType;
  /** Position in the conversation; live events have none. */
  seq?: number;
  conversation_id: string;
  occurred_at?: string;
  data: Record<string, unknown>;
}

/** Where a stream begins, and how patient it is. */
export interface StreamOptions extends Omit<CallOptions, 'timeoutMs' | 'maxRetries'> {
  /** Begins behind this position; 0 tells everything. Default: what happens from now on. */
  after?: number;
  /** A line that was silent for so long is dead, in milliseconds. Default: 45 000; the server says something every 15 s. */
  silenceMs?: number;
  /** How often in a row it may fail to come back. Default: for ever. */
  maxReconnects?: number;
}

const RETRY_MS = 2_000;

/**
 * Reads a stream, and comes back behind the last event that was seen when it breaks off.
 *
 * @param isLast  whether this event ends it
 * @param openAt  the call for a position; null before anything was seen
 * @throws ApiError when the server will not have us; whatever else breaks is tried again
 */
export async function* resumable(
  transport: Transport,
  openAt: (position: string | null) => Call,
  options: StreamOptions,
  isLast: (event: StreamEvent) => boolean = () => false,
): AsyncGenerator<StreamEvent, void, undefined> {
  let position = options.after === undefined ? null : String(options.after);
  let retryMs = RETRY_MS;
  for (let failures = 0; ; failures++) {
    try {
      for await (const said of pieces(await transport.send(openAt(position)), options)) {
        failures = 0;
        if ('retryMs' in said) retryMs = said.retryMs;
        if (!('event' in said)) continue;
        position = said.event.id ?? position;
        const event = JSON.parse(said.event.data) as StreamEvent;
        yield event;
        if (isLast(event)) return;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      const isTemporary =
        error instanceof ApiError ? isWorthRetrying(error) : error instanceof ConnectionError;
      if (!isTemporary || failures >= (options.maxReconnects ?? Infinity)) throw error;
    }
    await pause(retryMs * (0.75 + Math.random() / 2), options.signal);
  }
}

/** What one line says until it ends, breaks, or is silent for too long. */
async function* pieces(
  response: Response,
  { silenceMs = 45_000, signal }: StreamOptions,
): AsyncGenerator<Said> {
  const reader = response.body!.getReader();
  const parser = new SseParser();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await readWithin(reader, silenceMs, signal);
      if (done) return;
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw brokenOff(cause);
  } finally {
    // Also when the caller leaves its loop: the server need not go on.
    await reader.cancel().catch(() => undefined);
  }
}

const brokenOff = (cause: unknown): ConnectionError =>
  new ConnectionError('The stream broke off.', { cause });

async function readWithin(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<{ done: boolean; value?: Uint8Array | undefined }> {
  const over = new AbortController();
  const silence = pause(ms, signal ? AbortSignal.any([signal, over.signal]) : over.signal);
  try {
    return await Promise.race([
      reader.read(),
      silence.then(() => Promise.reject(new ConnectionError('Silence.'))),
    ]);
  } finally {
    over.abort();
    silence.catch(() => undefined);
  }
}
