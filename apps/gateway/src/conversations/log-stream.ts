import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ConversationStreams, type LiveEvent, resumeAt } from '#libs/events';
import type { ConversationEvent, ConversationId, WorkspaceId } from '#libs/model';
import { Metrics } from '#libs/observe';
import { InFlight } from '../http/in-flight.js';
import { type SentEvent, SseBody } from '../http/sse.js';

/** Where a reader wants to go on: `Last-Event-ID`, else `?after=`. */
export interface StreamStart {
  lastEventId: string | undefined;
  after: string | undefined;
}

/** What of the log a reader is shown; null leaves an event out. */
export type View = (event: ConversationEvent | LiveEvent) => { type: string } | null;

const everything: View = (event) => event;

/** Streams the event log of conversations. */
@Injectable()
export class LogStream implements OnModuleDestroy {
  readonly #open = new Set<SseBody>();

  constructor(
    private readonly streams: ConversationStreams,
    private readonly inFlight: InFlight,
    private readonly metrics: Metrics,
  ) {
    this.inFlight.stopping.addEventListener('abort', () => this.onModuleDestroy());
  }

  /**
   * Streams a conversation that the caller may read.
   *
   * Begins now when the start says nothing; with `stream.reset` when it names a position that is not in the log.
   */
  async open(
    workspaceId: WorkspaceId,
    conversationId: ConversationId,
    start: StreamStart,
    view: View = everything,
  ): Promise<SseBody> {
    const head = await this.streams.headOf(workspaceId, conversationId);
    const { afterSeq, isReset } = resumeAt(start.lastEventId ?? start.after, head);
    const body = this.#openBody();
    if (isReset) body.send(resetAt(conversationId, afterSeq));
    const show = (event: ConversationEvent | LiveEvent): void => {
      const shown = view(event);
      const id = 'seq' in event ? event.seq : undefined;
      if (shown) body.send({ id, event: shown.type, data: shown });
    };
    const leave = this.streams.follow(workspaceId, conversationId, afterSeq, {
      event: show,
      live: show,
      end: () => body.finish(),
      room: body,
    });
    body.once('close', leave);
    return body;
  }

  /** The process stops: every reader comes back elsewhere, and resumes. */
  onModuleDestroy(): void {
    for (const body of this.#open) body.finish();
  }

  #openBody(): SseBody {
    const body = new SseBody();
    this.#open.add(body);
    this.metrics.openStreams.inc();
    body.once('close', () => {
      this.#open.delete(body);
      this.metrics.openStreams.dec();
    });
    return body;
  }
}

function resetAt(conversationId: ConversationId, lastSeq: number): SentEvent {
  const data = { last_seq: lastSeq };
  return {
    id: lastSeq,
    event: 'stream.reset',
    data: { type: 'stream.reset', conversation_id: conversationId, data },
  };
}
