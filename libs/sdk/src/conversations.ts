import { inPath } from './resource.js';
import { ConversationsCalls } from './resources.gen.js';
import { resumable, type StreamEvent, type StreamOptions } from './streams.js';

/** Conversations, and what happens in them as it happens. */
export class Conversations extends ConversationsCalls {
  /**
   * Every event of a conversation, without a gap: a broken line is taken up behind the last event that was seen.
   * `stream.reset` says that the position is unknown to the server, so read the conversation anew.
   *
   * Ends when the caller leaves the loop, or throws the reason of its signal.
   */
  follow(id: string, options: StreamOptions = {}): AsyncGenerator<StreamEvent, void, undefined> {
    return resumable(
      this.transport,
      (position) => ({
        verb: 'GET',
        path: `/v1/conversations/${inPath(id)}/stream`,
        accept: 'text/event-stream',
        query: { after: position ?? undefined },
        options: { ...options, maxRetries: 0 },
      }),
      options,
    );
  }
}
