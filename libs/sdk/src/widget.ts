import { WidgetCalls } from './resources.gen.js';
import { resumable, type StreamEvent, type StreamOptions } from './streams.js';

/** What a page does for its visitor, with the token of their session. */
export class Widget extends WidgetCalls {
  /** What the visitor may see of their conversation as it happens; resumes like the stream of a conversation. */
  follow(options: StreamOptions = {}): AsyncGenerator<StreamEvent, void, undefined> {
    return resumable(
      this.transport,
      (position) => ({
        verb: 'GET',
        path: '/v1/widget/stream',
        accept: 'text/event-stream',
        query: { after: position ?? undefined },
        options: { ...options, maxRetries: 0 },
      }),
      options,
    );
  }
}
