import type { Dispatcher } from 'undici';
import { fault, isFault, type Fault } from '#libs/faults';
import type { EgressRequest, EgressResponse } from '../connector.js';

export interface ExchangeLimits {
  timeoutMs: number;
  maxBytes: number;
}

/**
 * One request and its answer.
 *
 * The dispatcher's own level is used, because it alone says when a request begins to leave: until then every failure
 * is `channel/unreachable`, from then on `channel/outcome-unknown`.
 */
export async function exchange(
  dispatcher: Dispatcher,
  url: URL,
  request: EgressRequest,
  limits: ExchangeLimits,
): Promise<EgressResponse> {
  const headers = request.headers ?? {};
  if (!areHeadersSafe(headers))
    throw fault('channel/unreachable', { detail: 'A header has a character that headers cannot carry.' });
  if (request.signal?.aborted)
    throw fault('channel/unreachable', { detail: 'The caller gave up before the call.' });

  const flight = new Flight(url.host, request.maxBytes ?? limits.maxBytes, request.mayLeave);
  const timer = setTimeout(() => flight.fail('timeout'), request.timeoutMs ?? limits.timeoutMs);
  const onAbort = (): void => flight.fail('aborted');
  request.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const { origin, pathname, search } = url;
    const method = request.method ?? 'GET';
    dispatcher.dispatch(
      { origin, path: pathname + search, method, headers, body: request.body ?? null },
      flight,
    );
    return await flight.answer;
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
  }
}

/** Follows one request through the dispatcher. */
class Flight implements Dispatcher.DispatchHandler {
  readonly answer: Promise<EgressResponse>;
  private resolve!: (answer: EgressResponse) => void;
  private reject!: (reason: Fault) => void;
  private controller: Dispatcher.DispatchController | null = null;
  private failure: Fault | null = null;
  private status = 0;
  private headers: Record<string, string> = {};
  private chunks: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly host: string,
    private readonly maxBytes: number,
    private readonly mayLeave: () => boolean = () => true,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Someone who gave up while the connection was being made must not have the request sent after all. Nothing is between
    // this question and the write, so that a process that stands still and wakes does not send what is not its own any more.
    if (!this.failure && !this.mayLeave()) this.fail('late');
    if (this.failure) controller.abort(this.failure);
    else this.controller = controller;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status;
    this.headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.toLowerCase(),
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > this.maxBytes) this.fail('answer-too-large');
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const body = Buffer.concat(this.chunks);
    this.resolve({ status: this.status, headers: this.headers, body, text: () => body.toString('utf8') });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error & { code?: unknown }): void {
    if (isFault(error)) return this.reject(error);
    this.fail(typeof error.code === 'string' ? error.code : 'failed', error);
  }

  /** Ends the exchange; the first reason stands. */
  fail(reason: string, cause?: Error): void {
    if (this.failure) return;
    const { host } = this;
    const code = this.controller ? 'channel/outcome-unknown' : 'channel/unreachable';
    const detail = this.controller
      ? `No clear answer came from ${host} (${reason}).`
      : `${host} cannot be reached (${reason}).`;
    this.failure = fault(code, { detail, cause, facts: { host, reason } });
    this.reject(this.failure);
    this.controller?.abort(this.failure);
  }
}

/** Field names are tokens; values hold no control characters but the tab. @see RFC 9110 §5.5 and §5.6.2 (read 2026-11-21) */
function areHeadersSafe(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).every(
    // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
    ([name, value]) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
  );
}
