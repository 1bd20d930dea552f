import { createParser } from 'eventsource-parser';
import { send } from './call.js';
import { Problem } from './problem.js';

/** One server-sent event. */
export interface StreamEvent {
  type: string;
  id: string | null;
  data: unknown;
}

/** What a stream tells its listener. */
export interface StreamOptions {
  onEvent: (event: StreamEvent) => void;
  /** Called each time that the stream stands, after a break too. */
  onOpen?: () => void;
  /** A position to go on after; later ones are kept by the stream itself. */
  after?: string;
  signal: AbortSignal;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Follows a stream until the signal ends it: comes back after every break and goes on where it was. EventSource cannot
 * do this: it sends no headers. Ends by itself when the server says that nobody may listen (401, 403, 404).
 */
export async function follow(path: string, options: StreamOptions): Promise<void> {
  let last = options.after ?? null;
  let pauseMs = FIRST_PAUSE_MS;
  while (!options.signal.aborted) {
    try {
      const headers = { accept: 'text/event-stream', ...(last !== null && { 'last-event-id': last }) };
      const answer = await send('GET', path, { headers, signal: options.signal });
      if (!answer.ok) throw new Problem(answer.status, {});
      options.onOpen?.();
      pauseMs = FIRST_PAUSE_MS;
      await read(answer, (event) => {
        last = event.id ?? last;
        options.onEvent(event);
      });
    } catch (error) {
      if (error instanceof Problem && [401, 403, 404].includes(error.status)) return;
    }
    await pause(pauseMs * (0.7 + Math.random() * 0.6), options.signal);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function read(answer: Response, onEvent: (event: StreamEvent) => void): Promise<void> {
  if (!answer.body) return;
  const parser = createParser({
    onEvent: ({ event = 'message', id = null, data }) => {
      onEvent({ type: event, id: id, data: JSON.parse(data) as unknown });
    },
  });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(value);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
