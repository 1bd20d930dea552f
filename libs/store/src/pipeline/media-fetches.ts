import { Injectable } from '@nestjs/common';
import {
  type ChannelId,
  type ContactId,
  type ConversationId,
  idOf,
  type InboxEventId,
  type MediaId,
  uuidOf,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';
import { safeJson } from './safe-json.js';

/** A file that this process may fetch until its lease ends. */
export interface OpenFetch {
  workspaceId: WorkspaceId;
  mediaId: MediaId;
  epoch: number;
  channelId: ChannelId;
  conversationId: ConversationId | null;
  /** Whose conversation that is: the file is sealed with their key. */
  contactId: ContactId | null;
  /** The event that named it; its bytes may hold the file. */
  inboxEventId: InboxEventId | null;
  /** `media:` and the provider's reference, or an address. */
  source: string;
  /** Only over the connection that this process holds for the channel. */
  isOverConnection: boolean;
  declaredType: string | null;
  fileName: string | null;
  /** Earlier attempts. */
  attempts: number;
  /** Since the event came in, in milliseconds. */
  ageMs: number;
}

/** What became of a fetch. `pending`: again after `waitMs`. */
export type FetchOutcome =
  | { status: 'stored'; sha256: string; mimeType: string; sizeBytes: number; fileName: string | null }
  | { status: 'failed'; reason: string }
  | { status: 'pending'; waitMs: number; reason: string };

interface FetchRow {
  workspaceId: string;
  id: string;
  epoch: number;
  channelId: string;
  conversationId: string | null;
  contactId: string | null;
  inboxEventId: string | null;
  source: string;
  isOverConnection: boolean;
  declaredType: string | null;
  fileName: string | null;
  attempts: number;
  ageMs: number;
}

/** The files that workers fetch, by leases with epochs. */
@Injectable()
export class MediaFetches {
  constructor(private readonly database: Database) {}

  /**
   * Claims files that are to be fetched.
   *
   * @param connections  channels whose connection this process holds
   * @throws Fault `store/unavailable`
   */
  async open(
    worker: string,
    limit: number,
    leaseMs: number,
    connections: readonly ChannelId[],
  ): Promise<OpenFetch[]> {
    const rows = await this.database.run<{ m: FetchRow }>(
      'media_open',
      'select m from media_open($1, $2, $3, $4) as m',
      [worker, limit, leaseMs, connections.map((channelId) => uuidOf(channelId))],
    );
    return rows.map(({ m }) => ({
      workspaceId: idOf('workspace', m.workspaceId),
      mediaId: idOf('media', m.id),
      epoch: m.epoch,
      channelId: idOf('channel', m.channelId),
      conversationId: m.conversationId === null ? null : idOf('conversation', m.conversationId),
      contactId: m.contactId === null ? null : idOf('contact', m.contactId),
      inboxEventId: m.inboxEventId === null ? null : idOf('inboxEvent', m.inboxEventId),
      source: m.source,
      isOverConnection: m.isOverConnection,
      declaredType: m.declaredType,
      fileName: m.fileName,
      attempts: m.attempts,
      ageMs: m.ageMs,
    }));
  }

  /**
   * Records what became of a fetch; when that is final, the conversation's log says that its message has changed.
   *
   * @returns false when the lease was lost: someone else has the file, and nothing was written
   * @throws Fault `store/unavailable`
   */
  async record(worker: string, fetch: OpenFetch, outcome: FetchOutcome): Promise<boolean> {
    const isStored = outcome.status === 'stored';
    const p = {
      status: outcome.status,
      reason: isStored ? null : outcome.reason.slice(0, 500),
      wait: outcome.status === 'pending' ? Math.round(outcome.waitMs) : null,
      ...(isStored && {
        sha: outcome.sha256,
        type: outcome.mimeType,
        size: outcome.sizeBytes,
        name: outcome.fileName,
      }),
    };
    const [row] = await this.database.run<{ ok: boolean }>(
      'media_record',
      'select media_record($1, $2, $3, $4, $5) as ok',
      [uuidOf(fetch.workspaceId), worker, uuidOf(fetch.mediaId), fetch.epoch, safeJson(p)],
    );
    return row?.ok ?? false;
  }

  /** Keeps the leases of fetches that take long. @returns those that are still ours */
  async renew(worker: string, leaseMs: number, held: readonly OpenFetch[]): Promise<Set<MediaId>> {
    const rows = held.map((one) => ({ w: uuidOf(one.workspaceId), id: uuidOf(one.mediaId), e: one.epoch }));
    const workspaces = [...new Set(rows.map((row) => row.w))].join(',');
    const kept = await this.database.run<{ id: string }>(
      'media_renew',
      'select media_renew($1, $2, $3, $4) as id',
      [workspaces, worker, leaseMs, JSON.stringify(rows)],
    );
    return new Set(kept.map((row) => idOf('media', row.id)));
  }

  /** The bytes that an event was made from, as received; null when they are not kept any more. */
  async rawOf(workspaceId: WorkspaceId, inboxEventId: InboxEventId): Promise<Uint8Array | null> {
    const row = await this.database.withWorkspace(workspaceId, (tx) =>
      tx.inboxEvent.findFirst({
        where: { workspaceId: uuidOf(workspaceId), id: uuidOf(inboxEventId) },
        select: { raw: true },
      }),
    );
    return row?.raw ?? null;
  }
}
