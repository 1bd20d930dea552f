import { Injectable } from '@nestjs/common';
import { resumeAt, WorkspaceStreams } from '#libs/events';
import type { EventType, WorkspaceId } from '#libs/model';
import { Metrics } from '#libs/observe';
import { InFlight } from '../http/in-flight.js';
import { SseBody } from '../http/sse.js';

/** Streams the event log of a whole workspace. */
@Injectable()
export class EventStream {
  constructor(
    private readonly streams: WorkspaceStreams,
    private readonly inFlight: InFlight,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Begins now when nothing is asked for; with `stream.reset` when a position is asked for that is not in the log.
   *
   * @param asked  a position
   */
  async open(
    workspaceId: WorkspaceId,
    types: readonly EventType[] | null,
    asked: string | undefined,
  ): Promise<SseBody> {
    const { afterSeq, isReset } = resumeAt(asked, await this.streams.now());
    const body = new SseBody();
    if (isReset) {
      body.send({
        id: afterSeq,
        event: 'stream.reset',
        data: { type: 'stream.reset', data: { last_position: afterSeq } },
      });
    }
    const leave = this.streams.follow(workspaceId, afterSeq, types, {
      event: (event) => body.send({ id: event.position, event: event.type, data: event }),
      end: () => body.finish(),
      room: body,
    });
    const stop = (): void => body.finish();
    this.inFlight.stopping.addEventListener('abort', stop);
    this.metrics.openStreams.inc();
    body.once('close', () => {
      this.inFlight.stopping.removeEventListener('abort', stop);
      this.metrics.openStreams.dec();
      leave();
    });
    return body;
  }
}
