import { refusalOf } from './api.js';

/** One event of a stream. */
export interface StreamEvent {
  id: string | null;
  type: string;
  data: Record<string, unknown>;
}

/** Nothing for so long, not even a ping, and the connection counts as dead. */
const SILENCE_MS = 40_000;

/**
 * Reads a stream of server-sent events until it ends. `EventSource` cannot send the token, so the format is read here.
 *
 * @param lastEventId  where to go on
 * @throws Refused when the server does not stream; other errors when the connection breaks
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream (read 2026-11-21)
 */
export async function readStream(
  token: string,
  lastEventId: string,
  onOpen: () => void,
  onEvent: (event: StreamEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const answer = await fetch('/v1/widget/stream', {
      headers: {
        accept: 'text/event-stream',
        authorization: `Bearer ${token}`,
        'last-event-id': lastEventId,
      },
      cache: 'no-store',
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (!answer.ok || !answer.body) throw await refusalOf(answer);
    onOpen();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) readBlock(block, onEvent);
    }
  } finally {
    clearTimeout(timer);
  }
}

function readBlock(block: string, onEvent: (event: StreamEvent) => void): void {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    fields.set(name, fields.has(name) && name === 'data' ? `${fields.get(name)}\n${value}` : value);
  }
  const data = fields.get('data');
  if (data === undefined) return;
  onEvent({
    id: fields.get('id') ?? null,
    type: fields.get('event') ?? 'message',
    data: JSON.parse(data) as Record<string, unknown>,
  });
}
