/** How a client speaks to a Parley. */
export interface ParleyOptions {
  /** Address of the gateway, such as `https://parley.example.com`. */
  baseUrl: string;
  /** An API key; in browsers, the client token of a session. */
  apiKey?: string;
  /** How often a call that may be repeated is repeated. Default: 2. */
  maxRetries?: number;
  /** Longest time for one attempt, in milliseconds. Default: 40 000, because an awaited answer takes up to 30 s. */
  timeoutMs?: number;
  /** Longest wait before a repetition, in milliseconds: who is told to wait longer fails at once. Default: 60 000. */
  retryWaitMsMax?: number;
  /** What fetches. Default: the global `fetch`. */
  fetch?: Fetch;
  /** Headers of every request. */
  headers?: Readonly<Record<string, string>>;
}

/** The part of `fetch` that the client needs. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What one call can ask for. */
export interface CallOptions {
  /** Ends the call; it then throws the signal's reason. */
  signal?: AbortSignal;
  /** Longest time for one attempt, in milliseconds. */
  timeoutMs?: number;
  /** How often it is repeated. */
  maxRetries?: number;
  /** The same key is one effect for 24 hours, up to 255 characters. Default: one of its own for each call that writes. */
  idempotencyKey?: string;
  /** More headers. */
  headers?: Readonly<Record<string, string>>;
}
