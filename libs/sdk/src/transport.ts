import { ConnectionError, isWorthRetrying, readError, TimeoutError } from './errors.js';
import type { CallOptions, Fetch, ParleyOptions } from './options.js';

/** A body that is not JSON: a file. */
export type Bytes = Blob | Uint8Array | ArrayBuffer | FormData;

/** One call, before it is a request. */
export interface Call {
  verb: string;
  /** With its identifiers in place, from the root. */
  path: string;
  body?: unknown;
  query?: object;
  options?: CallOptions;
  /** What is wanted. Default: JSON. */
  accept?: string;
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const FIRST_WAIT_MS = 500;
const WAIT_MS_MAX = 8_000;

/** Sends requests, repeats those that may be repeated, and turns refusals into errors. */
export class Transport {
  readonly #options: ParleyOptions;
  readonly #fetch: Fetch;
  /** Address of the gateway, without a slash at the end. */
  readonly baseUrl: string;

  constructor(options: ParleyOptions) {
    this.#options = options;
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    // A method of the global object: browsers insist on that.
    this.#fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  }

  /** The same client with other options. */
  with(options: Partial<ParleyOptions>): Transport {
    return new Transport({ ...this.#options, ...options });
  }

  /**
   * Makes a call until it succeeds, may not be repeated, or was repeated often enough. Every attempt of a write carries
   * the same `Idempotency-Key`, so that it happens once.
   *
   * @returns an answer with a 2xx status; its body is unread
   * @throws ApiError, ConnectionError, TimeoutError, or the reason of the signal
   */
  async send(call: Call): Promise<Response> {
    const { options = {} } = call;
    const retries = options.maxRetries ?? this.#options.maxRetries ?? 2;
    const url = `${this.baseUrl}${call.path}${queryOf(call.query)}`;
    const init = this.#initOf(call);
    for (let attempt = 0; ; attempt++) {
      options.signal?.throwIfAborted();
      const outcome = await this.#attempt(url, init, options);
      if (outcome instanceof Response) return outcome;
      const waitMs = attempt < retries ? this.#waitMs(outcome, attempt) : null;
      if (waitMs === null) throw outcome;
      await pause(waitMs, options.signal);
    }
  }

  async #attempt(url: string, init: RequestInit, options: CallOptions): Promise<Response | Error> {
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs ?? 40_000;
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), timeoutMs);
    const signal = options.signal ? AbortSignal.any([options.signal, timer.signal]) : timer.signal;
    try {
      const response = await this.#fetch(url, { ...init, signal });
      return response.ok ? response : await readError(response);
    } catch (cause) {
      options.signal?.throwIfAborted();
      if (timer.signal.aborted) return new TimeoutError(`No answer within ${timeoutMs} ms.`, { cause });
      return new ConnectionError(`No answer from ${this.baseUrl}.`, { cause });
    } finally {
      // The body of a stream may take as long as it likes.
      clearTimeout(timeout);
    }
  }

  /** How long to wait before another attempt; null when there is no use in one. */
  #waitMs(error: Error, attempt: number): number | null {
    const isApi = 'status' in error && 'retryAfterMs' in error;
    if (isApi && !isWorthRetrying(error as Parameters<typeof isWorthRetrying>[0])) return null;
    const told = isApi ? (error.retryAfterMs as number | null) : null;
    if (told !== null) return told <= (this.#options.retryWaitMsMax ?? 60_000) ? told : null;
    const cap = Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** attempt);
    return cap / 2 + (Math.random() * cap) / 2;
  }

  #initOf({ verb, body, options = {}, accept = 'application/json' }: Call): RequestInit {
    const headers = new Headers({ accept, ...this.#options.headers, ...options.headers });
    if (this.#options.apiKey !== undefined) headers.set('authorization', `Bearer ${this.#options.apiKey}`);
    if (WRITES.has(verb)) headers.set('idempotency-key', options.idempotencyKey ?? crypto.randomUUID());
    if (body === undefined) return { method: verb, headers };
    if (isBytes(body)) {
      if (!(body instanceof FormData) && !headers.has('content-type')) {
        headers.set('content-type', (body instanceof Blob && body.type) || 'application/octet-stream');
      }
      return { method: verb, headers, body: body as NonNullable<RequestInit['body']> };
    }
    headers.set('content-type', 'application/json');
    return { method: verb, headers, body: JSON.stringify(body) };
  }
}

function isBytes(body: unknown): body is Bytes {
  return [Blob, Uint8Array, ArrayBuffer, FormData].some((kind) => body instanceof kind);
}

function queryOf(query: object = {}): string {
  const pairs = Object.entries(query as Record<string, unknown>).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined && one !== null)
      .map((one) => [name, String(one)] as [string, string]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

/** Waits; ends at once with the reason of the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    if (signal?.aborted) return reject(signal.reason as Error);
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
