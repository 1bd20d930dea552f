import { EventsCalls } from './resources.gen.js';
import { resumable, type StreamEvent, type StreamOptions } from './streams.js';

/** What a stream of a workspace is asked for. */
export interface WorkspaceStreamOptions extends Omit<StreamOptions, 'after'> {
  /** Only these types. Default: all. */
  types?: readonly string[];
  /** Begins behind this event, by its id in the stream. Default: what happens from now on. */
  after?: string;
}

/** The events of a whole workspace. */
export class Events extends EventsCalls {
  /** Everything that happens in the workspace as it happens; resumes like the stream of a conversation. */
  follow({ types, after, ...options }: WorkspaceStreamOptions = {}): AsyncGenerator<
    StreamEvent,
    void,
    undefined
  > {
    return resumable(
      this.transport,
      (position) => ({
        verb: 'GET',
        path: '/v1/stream',
        accept: 'text/event-stream',
        query: { types: types?.join(','), after: position ?? after },
        options: { ...options, maxRetries: 0 },
      }),
      options,
    );
  }
}
