import type { Body } from './api-types.js';
import { MessagesCalls } from './resources.gen.js';
import { resumable, type StreamEvent, type StreamOptions } from './streams.js';

/** Messages, and the turn that answers one, as it happens. */
export class Messages extends MessagesCalls {
  /**
   * Says something as the person, and tells what follows until the turn is over: the last event is `turn.completed` or
   * `turn.failed`. A broken line is taken up again under the same idempotency key: nothing is said twice, and no
   * message is told twice.
   */
  async *stream(
    body: Omit<Body<'Messages_create'>, 'respond'>,
    options: Omit<StreamOptions, 'after'> = {},
  ): AsyncGenerator<StreamEvent, void, undefined> {
    const idempotencyKey = options.idempotencyKey ?? crypto.randomUUID();
    const open = () => ({
      verb: 'POST',
      path: '/v1/messages',
      accept: 'text/event-stream',
      body: { ...body, respond: 'stream' },
      options: { ...options, idempotencyKey, maxRetries: 0 },
    });
    const isLast = ({ type }: StreamEvent): boolean => type === 'turn.completed' || type === 'turn.failed';
    const told = new Set<string>();
    for await (const event of resumable(this.transport, open, options, isLast)) {
      const name = nameOf(event);
      if (name !== null && told.has(name)) continue;
      if (name !== null) told.add(name);
      yield event;
    }
  }
}

/** What makes an event the same one when it is told again; a repetition has no positions. */
function nameOf({ type, seq, data }: StreamEvent): string | null {
  const id = type === 'message.created' ? (data['message'] as { id?: string } | undefined)?.id : undefined;
  return id ?? (seq === undefined ? null : String(seq));
}
