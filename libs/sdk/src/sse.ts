/** One server-sent event. */
export interface ServerEvent {
  /** Its position, if it has one. */
  id: string | null;
  event: string;
  data: string;
}

/** What a stream says: an event, how long to wait before coming back (in milliseconds), or only that it lives. */
export type Said = { event: ServerEvent } | { retryMs: number } | { isAlive: true };

/**
 * Reads server-sent events from pieces of text, wherever they are cut.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream (read 2026-11-21)
 */
export class SseParser {
  #rest = '';
  #fields = { id: null as string | null, event: '', data: [] as string[] };

  /** Takes the next piece of text. */
  *feed(text: string): Generator<Said> {
    this.#rest += text;
    // A carriage return at the end may be the first half of a line break.
    const lines = this.#rest.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) yield* this.#line(line);
  }

  *#line(line: string): Generator<Said> {
    if (line === '') return yield* this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return yield { isAlive: true };
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#fields.data.push(value);
    else if (name === 'event') this.#fields.event = value;
    else if (name === 'id' && !value.includes('\0')) this.#fields.id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) yield { retryMs: Number(value) };
  }

  *#dispatch(): Generator<Said> {
    const { id, event, data } = this.#fields;
    this.#fields = { id: null, event: '', data: [] };
    if (data.length > 0) yield { event: { id, event: event || 'message', data: data.join('\n') } };
  }
}
