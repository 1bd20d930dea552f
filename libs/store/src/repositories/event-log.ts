import { Injectable } from '@nestjs/common';
import {
  type EventType,
  idOf,
  type JsonObject,
  type Message,
  uuidOf,
  type WorkspaceEvent,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';
import { eventData } from './event-data.js';
import { Media } from './media.js';
import { messageOfRow, type MessageRow } from './message-of-row.js';

interface Row extends Record<string, unknown> {
  pos: string;
  conversation_id: string;
  seq: number;
  type: EventType;
  data: JsonObject;
  occurred_at: Date;
  message: MessageRow | null;
}

/** Which events of a workspace are read. */
export interface EventRange {
  /** Behind this position; 0 for all. */
  after: number;
  /** Null: of all types. */
  types: readonly EventType[] | null;
  limit: number;
}

/**
 * The event log of a whole workspace: every event has a position, and a reader that goes on from the last position it has
 * seen misses nothing, whoever commits when.
 */
@Injectable()
export class EventLog {
  constructor(
    private readonly database: Database,
    private readonly media: Media,
  ) {}

  /** Events by position; an event about a message carries it as it is now. */
  async after(workspaceId: WorkspaceId, { after, types, limit }: EventRange): Promise<WorkspaceEvent[]> {
    const rows = await this.database.run<Row>(
      'workspace-events',
      'select * from workspace_events($1, $2, $3, $4)',
      [uuidOf(workspaceId), after, types, limit],
    );
    const messages = rows.flatMap(({ message }): Message[] => (message ? [messageOfRow(message)] : []));
    const shown = new Map((await this.media.show(workspaceId, messages)).map((one) => [one.id, one]));
    return rows.map((row) => ({
      position: Number(row.pos),
      type: row.type,
      seq: row.seq,
      conversation_id: idOf('conversation', row.conversation_id),
      occurred_at: row.occurred_at.toISOString(),
      data: eventData(row.data, row.message && (shown.get(idOf('message', row.message.id)) ?? null)),
    }));
  }

  /** The position behind which everything is yet to come. */
  async horizon(): Promise<number> {
    const [row] = await this.database.run<{ pos: string }>(
      'event-horizon',
      'select event_horizon() as pos',
      [],
    );
    return Number(row?.pos ?? 0);
  }
}
