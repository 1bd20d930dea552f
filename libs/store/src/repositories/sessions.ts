import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import {
  type ChannelId,
  type ContactId,
  type ConversationId,
  idOf,
  newId,
  type SessionId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';

/** A visitor's stay on a channel. */
export interface StoredSession {
  workspaceId: WorkspaceId;
  sessionId: SessionId;
  channelId: ChannelId;
  contactId: ContactId;
  conversationId: ConversationId;
  /** What inbound events of this session carry as `thread`. */
  thread: string;
  metadata: Record<string, string>;
  createdAt: Date;
  expiresAt: Date;
  endedAt: Date | null;
}

/** Who starts a session, and where. */
export interface NewSession {
  channelId: ChannelId;
  /** The caller's id of the person: the same one resumes the same conversation; without it the visitor is anonymous. */
  externalId?: string | undefined;
  /**
   * One of several conversations of a person whom the caller knows, by a name that the visitor's side has made up: lower-case
   * letters and digits. Without it they go on where they spoke last.
   */
  topic?: string | undefined;
  name?: string | undefined;
  attributes?: Record<string, string> | undefined;
  metadata?: Record<string, string> | undefined;
  /** Milliseconds from now. */
  ttlMs: number;
  /** For a start that may be repeated: the same id is the same session. */
  sessionId?: SessionId | undefined;
}

/** The address under which a session's person is known: messages of the session come from it. */
export interface SessionAddress {
  kind: 'external' | 'visitor';
  value: string;
}

interface StartedRow extends Record<string, unknown> {
  contact: string;
  conversation: string;
  is_new: boolean;
  created: Date;
  expires: Date;
}

interface SessionRow extends Record<string, unknown> {
  workspace_id: string;
  channel_id: string;
  contact_id: string;
  conversation_id: string;
  thread: string;
  metadata: Record<string, string>;
  created_at: Date;
  expires_at: Date;
  ended_at: Date | null;
}

/** Threads of people whom the caller knows: `contact:` or `contact+topic:`, then their id; those of anonymous visitors are the id of a session. */
const EXTERNAL = /^contact(?:\+[a-z0-9]+)?:/;

const START = 'select * from start_session($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)';

/** The stays of visitors on channels. */
@Injectable()
export class Sessions {
  constructor(private readonly database: Database) {}

  /**
   * Starts a session: with the contact and conversation of its external id, or with new ones. Any number of starts for
   * one person at once come to one contact and one conversation.
   *
   * @returns the session, and whether its conversation is new
   * @throws Fault `state/not-found` when the workspace has no such channel
   */
  async start(
    workspaceId: WorkspaceId,
    input: NewSession,
  ): Promise<{ session: StoredSession; isNew: boolean }> {
    const sessionId = input.sessionId ?? newId('session');
    const { kind, value } = sessionAddress({ sessionId, externalId: input.externalId });
    const thread = kind === 'external' ? await this.#threadOf(workspaceId, value, input) : sessionId;
    const metadata = input.metadata ?? {};
    const [row] = await this.database.run<StartedRow>('start-session', START, [
      uuidOf(workspaceId),
      uuidOf(input.channelId),
      uuidOf(sessionId),
      kind,
      value,
      thread,
      uuidOf(newId('contact')),
      uuidOf(newId('identity')),
      uuidOf(newId('conversation')),
      input.name ?? null,
      JSON.stringify(input.attributes ?? {}),
      JSON.stringify(metadata),
      input.ttlMs,
    ]);
    if (!row)
      throw fault('state/not-found', {
        detail: 'There is no such channel.',
        facts: { channelId: input.channelId },
      });
    const session: StoredSession = {
      workspaceId,
      sessionId,
      channelId: input.channelId,
      contactId: idOf('contact', row.contact),
      conversationId: idOf('conversation', row.conversation),
      thread,
      metadata,
      createdAt: row.created,
      expiresAt: row.expires,
      endedAt: null,
    };
    return { session, isNew: row.is_new };
  }

  /** Where a known person speaks: on the topic that is named, else where they spoke last, else on their first thread. */
  async #threadOf(
    workspaceId: WorkspaceId,
    externalId: string,
    { channelId, topic }: NewSession,
  ): Promise<string> {
    if (topic !== undefined) return `contact+${topic}:${externalId}`;
    const [latest] = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<{ thread: string }[]>`
        select c.thread
          from identity i
          join conversation c on c.workspace_id = i.workspace_id and c.contact_id = i.contact_id
         where i.workspace_id = ${uuidOf(workspaceId)}::uuid and i.kind = 'external' and i.value = ${externalId}
           and c.channel_id = ${uuidOf(channelId)}::uuid
           and c.address_kind = 'external' and c.address_value = ${externalId}
         order by coalesce(c.last_message_at, c.created_at) desc, c.id desc
         limit 1`,
    );
    return latest?.thread ?? `contact:${externalId}`;
  }

  /** Finds a session of whatever workspace, ended and expired ones included. */
  async get(sessionId: SessionId): Promise<StoredSession | null> {
    const [row] = await this.database.run<SessionRow>('load-session', 'select * from load_session($1)', [
      uuidOf(sessionId),
    ]);
    return row
      ? {
          workspaceId: idOf('workspace', row.workspace_id),
          sessionId,
          channelId: idOf('channel', row.channel_id),
          contactId: idOf('contact', row.contact_id),
          conversationId: idOf('conversation', row.conversation_id),
          thread: row.thread,
          metadata: row.metadata,
          createdAt: row.created_at,
          expiresAt: row.expires_at,
          endedAt: row.ended_at,
        }
      : null;
  }

  /**
   * Lets a session that has not ended live on.
   *
   * @param ttlMs  milliseconds from now; never shortens it
   * @returns until when it lives; null when it has ended, or there is none
   */
  async extend(workspaceId: WorkspaceId, sessionId: SessionId, ttlMs: number): Promise<Date | null> {
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<{ expires_at: Date }[]>`
        update session
           set expires_at = greatest(expires_at, now() + ${ttlMs}::bigint * interval '1 millisecond')
         where workspace_id = ${uuidOf(workspaceId)}::uuid and id = ${uuidOf(sessionId)}::uuid and ended_at is null
        returning expires_at`,
    );
    return rows[0]?.expires_at ?? null;
  }

  /** Ends a session and says so in its conversation's log; ending it twice changes nothing. */
  async end(workspaceId: WorkspaceId, sessionId: SessionId): Promise<void> {
    const [workspace, id] = [uuidOf(workspaceId), uuidOf(sessionId)];
    await this.database.withWorkspace(workspaceId, async (tx) => {
      const ended = await tx.$queryRaw<{ conversation_id: string }[]>`
        update session set ended_at = now(), expires_at = least(expires_at, now())
         where workspace_id = ${workspace}::uuid and id = ${id}::uuid and ended_at is null
        returning conversation_id`;
      if (!ended[0]) return;
      await tx.$executeRaw`
        with counted as (
          update conversation set last_event_seq = last_event_seq + 1
           where workspace_id = ${workspace}::uuid and id = ${ended[0].conversation_id}::uuid
          returning id, last_event_seq)
        insert into event (workspace_id, conversation_id, seq, type, data)
          select ${workspace}::uuid, id, last_event_seq, 'session.ended', jsonb_build_object('session', ${id}::text)
            from counted`;
    });
  }
}

/** The address under which the person of a session is known. */
export function sessionAddress(input: {
  sessionId: SessionId;
  externalId?: string | undefined;
}): SessionAddress {
  return input.externalId === undefined
    ? { kind: 'visitor', value: input.sessionId }
    : { kind: 'external', value: input.externalId };
}

/** The address of the person on a thread that a session has begun. */
export function addressOfThread(thread: string): SessionAddress {
  const known = EXTERNAL.exec(thread);
  return known
    ? { kind: 'external', value: thread.slice(known[0].length) }
    : { kind: 'visitor', value: thread };
}
