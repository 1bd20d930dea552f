import type { WebFetch } from '../ports.js';

/** A request as a fake of the outside sees it. */
export interface SeenRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
  signal: AbortSignal | null;
}

/** A `fetch` that remembers what it was asked and answers as told. */
export function recordingFetch(answer: (request: SeenRequest) => Response | Promise<Response>): {
  fetch: WebFetch;
  requests: SeenRequest[];
} {
  const requests: SeenRequest[] = [];
  const fetch: WebFetch = async (input, init = {}) => {
    const request = {
      url: input instanceof Request ? input.url : new URL(input).href,
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers).entries()),
      body: typeof init.body === 'string' ? init.body : null,
      signal: init.signal ?? null,
    };
    requests.push(request);
    return answer(request);
  };
  return { fetch, requests };
}

/** An answer of JSON. */
export function jsonAnswer(value: unknown, status = 200): Response {
  return Response.json(value, { status });
}
