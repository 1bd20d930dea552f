import { Injectable } from '@nestjs/common';
import {
  idOf,
  uuidOf,
  type ChannelId,
  type ContactId,
  type ConversationId,
  type ErrandId,
  type JsonObject,
  type Owner,
  type WorkspaceId,
} from '#libs/model';
import { Database } from '../database.js';

/** Something that a turn wanted to be done after it, claimed by a worker. */
export interface OpenErrand {
  workspaceId: WorkspaceId;
  errandId: ErrandId;
  epoch: number;
  channelId: ChannelId;
  conversationId: ConversationId;
  /** `timer`, `offer`, the id of the call, or which hand-over it is about. */
  key: string;
  kind: 'timer' | 'call' | 'offer' | 'queue';
  /** Null for a timer and for the end of an offer. */
  payload: JsonObject | null;
  /** Failed ones so far. */
  attempts: number;
  thread: string;
  owner: Owner;
  contact: { contactId: ContactId; name: string | null; attributes: JsonObject };
}

interface ErrandRow {
  workspaceId: string;
  id: string;
  epoch: number;
  channelId: string;
  conversationId: string;
  key: string;
  kind: OpenErrand['kind'];
  payload: JsonObject | null;
  attempts: number;
  thread: string;
  contactId: string;
  contactName: string | null;
  attributes: JsonObject;
  owner: Owner;
}

/** What turns wanted to be done after them, by leases with epochs. */
@Injectable()
export class Errands {
  constructor(private readonly database: Database) {}

  /**
   * Claims errands whose instant has come.
   *
   * @throws Fault `store/unavailable`
   */
  async open(worker: string, limit: number, leaseMs: number): Promise<OpenErrand[]> {
    const rows = await this.database.run<{ e: ErrandRow }>(
      'errand_open',
      'select e from errand_open($1, $2, $3) as e',
      [worker, limit, leaseMs],
    );
    return rows.map(({ e }) => ({
      workspaceId: idOf('workspace', e.workspaceId),
      errandId: idOf('errand', e.id),
      epoch: e.epoch,
      channelId: idOf('channel', e.channelId),
      conversationId: idOf('conversation', e.conversationId),
      key: e.key,
      kind: e.kind,
      payload: e.payload,
      attempts: e.attempts,
      thread: e.thread,
      owner: e.owner,
      contact: { contactId: idOf('contact', e.contactId), name: e.contactName, attributes: e.attributes },
    }));
  }

  /** Keeps the leases of errands that take long. @returns those that are still ours */
  async renew(worker: string, leaseMs: number, held: readonly OpenErrand[]): Promise<Set<ErrandId>> {
    const rows = held.map((one) => ({ w: uuidOf(one.workspaceId), id: uuidOf(one.errandId), e: one.epoch }));
    const workspaces = [...new Set(rows.map((row) => row.w))].join(',');
    const kept = await this.database.run<{ id: string }>(
      'errand_renew',
      'select errand_renew($1, $2, $3, $4) as id',
      [workspaces, worker, leaseMs, JSON.stringify(rows)],
    );
    return new Set(kept.map((row) => idOf('errand', row.id)));
  }

  /**
   * It is done, and what came of it is stored elsewhere.
   *
   * @returns false when somebody else has it, or the conversation wants it no more
   * @throws Fault `store/unavailable`
   */
  async end(worker: string, { workspaceId, errandId, epoch }: OpenErrand): Promise<boolean> {
    const [row] = await this.database.run<{ ok: boolean }>(
      'errand_end',
      'select errand_end($1, $2, $3, $4) as ok',
      [uuidOf(workspaceId), worker, uuidOf(errandId), epoch],
    );
    return row?.ok ?? false;
  }

  /** It could not be done now. @throws Fault `store/unavailable` */
  async again(
    worker: string,
    { workspaceId, errandId, epoch }: OpenErrand,
    waitMs: number,
  ): Promise<boolean> {
    const [row] = await this.database.run<{ ok: boolean }>(
      'errand_again',
      'select errand_again($1, $2, $3, $4, $5) as ok',
      [uuidOf(workspaceId), worker, uuidOf(errandId), epoch, Math.round(waitMs)],
    );
    return row?.ok ?? false;
  }
}
