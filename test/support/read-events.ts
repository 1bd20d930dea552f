import { createParser } from 'eventsource-parser';

/** One event as it came. */
export interface SeenEvent {
  id: string | undefined;
  event: string | undefined;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look at what the documents hold
  data: any;
}

/** A stream of server-sent events that is being read. */
export interface EventReader {
  status: number;
  contentType: string | null;
  events: SeenEvent[];
  /** Milliseconds that the server asks for between two connections. */
  retryMs: number | undefined;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  /** Leaves. */
  stop(): void;
}

/** Opens a stream and reads it in the background. */
export async function readEvents(url: string, init: RequestInit): Promise<EventReader> {
  const gone = new AbortController();
  const answer = await fetch(url, { ...init, signal: gone.signal });
  const reader: EventReader = {
    status: answer.status,
    contentType: answer.headers.get('content-type'),
    events: [],
    retryMs: undefined,
    ended: Promise.resolve(),
    stop: () => gone.abort(),
  };
  const parser = createParser({
    onEvent: ({ id, event, data }) => reader.events.push({ id, event, data: JSON.parse(data) }),
    onRetry: (ms) => (reader.retryMs = ms),
  });
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? [])
      parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
  };
  reader.ended = read().catch(() => undefined);
  return reader;
}
