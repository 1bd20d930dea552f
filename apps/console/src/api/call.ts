import { noteAnswer, noteLost } from './connection.js';
import { Problem } from './problem.js';
import { currentWorkspace } from './workspace.js';

/** What goes along with a call. */
export interface CallOptions {
  /** Sent as JSON; a Blob or File as it is. */
  body?: unknown;
  /** Undefined and empty ones are left out. */
  query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** The same key is one write, however often it is sent; default: a new one for each call. */
  idempotencyKey?: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const TIMEOUT_MS = 35_000;

/**
 * Calls the API as the member who is signed in, in the chosen workspace.
 *
 * @throws Problem  with the server's code and words; status 0 when no answer came
 */
export async function call<Answer>(method: Method, path: string, options: CallOptions = {}): Promise<Answer> {
  const answer = await send(method, path, options);
  const text = await answer.text().catch(() => '');
  if (!answer.ok) throw new Problem(answer.status, parsed(text), answer.headers);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** As {@link call}, for answers whose headers or bytes matter. */
export async function send(method: Method, path: string, options: CallOptions = {}): Promise<Response> {
  const signals = [
    options.signal ?? [],
    path.endsWith('stream') ? [] : AbortSignal.timeout(TIMEOUT_MS),
  ].flat();
  try {
    const answer = await fetch(addressOf(path, options.query), {
      method,
      headers: { ...headersFor(method, options), ...options.headers },
      body: bodyOf(options.body),
      credentials: 'same-origin',
      signal: AbortSignal.any(signals),
    });
    noteAnswer();
    return answer;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    noteLost();
    throw new Problem(0, {});
  }
}

/** A new key for one write. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

function addressOf(path: string, query: CallOptions['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

function headersFor(method: Method, { body, idempotencyKey }: CallOptions): Record<string, string> {
  const workspace = currentWorkspace();
  return {
    accept: 'application/json',
    ...(workspace !== null && { 'parley-workspace': workspace }),
    ...(method !== 'GET' && { 'idempotency-key': idempotencyKey ?? newKey() }),
    ...(body !== undefined && !(body instanceof Blob) && { 'content-type': 'application/json' }),
  };
}

function bodyOf(body: unknown): BodyInit | null {
  if (body === undefined) return null;
  return body instanceof Blob ? body : JSON.stringify(body);
}

function parsed(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return {};
  }
}
