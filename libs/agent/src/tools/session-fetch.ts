import { fault } from '#libs/faults';
import type { WebFetch } from '../ports.js';

/** What bounds the requests of one session with a server of tools. */
export interface SessionBounds {
  /** Ends every request. */
  readonly signal: AbortSignal;
  /** Called when the session can come to nothing any more: an answer broke off, or there was too much of something. */
  readonly fail: (reason: unknown) => void;
  /** Whether the end of an answer to a GET is the end of the session. */
  readonly endsWithStream: boolean;
}

/** Bytes of all answers of one session: what it offers, its greetings, and one result. */
const bytesMax = 1_000_000;
/** Requests of one session. A server can make a client write: each question of its own gets an answer. */
const requestsMax = 60;

/**
 * A `fetch` for one session of the library that speaks with servers of tools.
 *
 * The library reads without an end, and its stream of events leaves a rejection that nobody handles when the connection
 * breaks: that would end the process. So answers are counted here, and end quietly; the session hears of it by `fail`.
 *
 * @see node_modules/@ai-sdk/mcp, `SseMCPTransport.close` of 1.0.101: the promise of `reader.cancel()` is dropped (read 2026-11-21)
 */
export function sessionFetch(fetch: WebFetch, bounds: SessionBounds): WebFetch {
  let bytes = 0;
  let requests = 0;
  const mayTake = (more: number): boolean => {
    bytes += more;
    return bytes <= bytesMax;
  };
  return async (input, init = {}) => {
    if (++requests > requestsMax) {
      const tooMany = fault('state/unavailable', { facts: { reason: 'too-many-requests' } });
      bounds.fail(tooMany);
      throw tooMany;
    }
    const signal = init.signal ? AbortSignal.any([init.signal, bounds.signal]) : bounds.signal;
    const answer = await fetch(input, { ...init, signal });
    if (!answer.body) return answer;
    const endsSession = bounds.endsWithStream && (init.method ?? 'GET') === 'GET';
    const body = quietly(answer.body, mayTake, (reason) => {
      if (reason !== null || endsSession) bounds.fail(reason ?? 'ended');
    });
    const { status, statusText, headers } = answer;
    return new Response(body, { status, statusText, headers });
  };
}

/** A body that never fails: it ends. @param onEnd  hears why; null when it came to its own end */
function quietly(
  body: ReadableStream<Uint8Array>,
  mayTake: (bytes: number) => boolean,
  onEnd: (reason: unknown) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const giveUp = (): void => void reader.cancel().catch(() => undefined);
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { value } = await reader.read();
          if (value && mayTake(value.byteLength)) return controller.enqueue(value);
          if (value) giveUp();
          onEnd(value ? fault('state/unavailable', { facts: { reason: 'answer-too-large' } }) : null);
        } catch (broken) {
          onEnd(broken);
        }
        controller.close();
      },
      cancel: giveUp,
    },
    { highWaterMark: 0 },
  );
}
