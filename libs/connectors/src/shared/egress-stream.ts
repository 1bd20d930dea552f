import { fetch, type Dispatcher, type RequestInit } from 'undici';
import { fault, timeLimit } from '#libs/faults';

/** The `fetch` of the web, for libraries that bring their own requests and read answers while they come. */
export type WebFetch = typeof globalThis.fetch;

export interface StreamLimits {
  /** Over the whole exchange, in milliseconds. */
  streamMs: number;
  /** Bytes of an answer, over its whole length. */
  maxBytes: number;
}

/**
 * A `fetch` over the guarded connections of an egress client. Redirects are answers like others: nothing follows them.
 * An answer that is too long or takes too long ends in an error while it is read.
 */
export function webFetchOver(dispatcher: Dispatcher, limits: StreamLimits): WebFetch {
  return (async (input: string | URL, init: RequestInit = {}) => {
    const url = checkedUrl(String(input));
    const { signal } = timeLimit(limits.streamMs, ...(init.signal ? [init.signal] : []));
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal,
      dispatcher,
    });
    if (!answer.body) return answer;
    const { status, statusText, headers } = answer;
    const bounded = answer.body.pipeThrough(atMost(limits.maxBytes, url.host));
    return new Response(bounded, {
      status,
      statusText,
      headers: [...headers] as [string, string][],
    });
  }) as unknown as WebFetch;
}

function atMost(maxBytes: number, host: string): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) return controller.enqueue(chunk);
      const reason = 'answer-too-large';
      controller.error(fault('channel/outcome-unknown', { facts: { host, reason } }));
    },
  });
}

/**
 * An address that may be called at all.
 *
 * @throws Fault `channel/unreachable`
 */
export function checkedUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
  throw fault('channel/unreachable', {
    detail: 'The address is not an http or https URL without a user name.',
  });
}
