import { Injectable } from '@nestjs/common';
import { type Content, idOf, type SearchResult, uuidOf, type WorkspaceId } from '#libs/model';
import { Database, type WorkspaceTransaction } from '../../database.js';
import { excerptOf, plainText } from './plain-text.js';

interface MessageHit {
  id: string;
  conversation_id: string;
  contact_id: string;
  contact_name: string | null;
  seq: number;
  author: SearchResult['messages'][number]['author'];
  content: Content[];
  recorded_at: Date;
}

interface ContactHit {
  id: string;
  name: string | null;
  addresses: string[];
}

/** Finds what was said, and who said it, in one workspace. */
@Injectable()
export class InboxSearch {
  constructor(private readonly database: Database) {}

  /**
   * Messages that have all the words (the newest first), and contacts by a part of a name or an address, slips of the
   * pen forgiven (the most alike first).
   *
   * @param limit  most of each
   */
  async find(workspaceId: WorkspaceId, text: string, limit: number): Promise<SearchResult> {
    const words = text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
    const { messages, contacts } = await this.database.withWorkspace(workspaceId, async (tx) => ({
      messages: await messagesWith(tx, workspaceId, text, limit),
      contacts: await contactsLike(tx, workspaceId, text, limit),
    }));
    return {
      messages: messages.map((hit) => ({
        message_id: idOf('message', hit.id),
        conversation_id: idOf('conversation', hit.conversation_id),
        contact: { id: idOf('contact', hit.contact_id), name: hit.contact_name },
        seq: hit.seq,
        author: hit.author,
        excerpt: excerptOf(plainText(hit.content), words),
        at: hit.recorded_at.toISOString(),
      })),
      contacts: contacts.map(({ id, name, addresses }) => ({ id: idOf('contact', id), name, addresses })),
    };
  }
}

function messagesWith(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  text: string,
  limit: number,
): Promise<MessageHit[]> {
  return tx.$queryRaw<MessageHit[]>`
    select m.id, m.conversation_id, c.contact_id, k.name as contact_name, m.seq, m.author, m.content, m.recorded_at
    from message_matches(${text}, ${limit}) as found
    join message m on m.id = found.id and m.workspace_id = ${uuidOf(workspaceId)}::uuid
    join conversation c on c.workspace_id = m.workspace_id and c.id = m.conversation_id
    join contact k on k.workspace_id = c.workspace_id and k.id = c.contact_id
    order by m.id desc`;
}

function contactsLike(
  tx: WorkspaceTransaction,
  workspaceId: WorkspaceId,
  text: string,
  limit: number,
): Promise<ContactHit[]> {
  const w = uuidOf(workspaceId);
  const part = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return tx.$queryRaw<ContactHit[]>`
    with hits as (
      select k.id, case when k.name ilike ${part} then 2 else 0 end + word_similarity(${text}, k.name) as alike
        from contact k where k.workspace_id = ${w}::uuid and k.merged_into is null
         and (k.name ilike ${part} or word_similarity(${text}, k.name) > 0.5)
      union all
      select i.contact_id, 2 + similarity(${text}, i.value) from identity i
       where i.workspace_id = ${w}::uuid and i.value ilike ${part}
    ), best as (select id, max(alike) as alike from hits group by id order by 2 desc, id limit ${limit})
    select k.id, k.name, (select coalesce(json_agg(i.value order by i.id), '[]') from identity i
        where i.workspace_id = ${w}::uuid and i.contact_id = k.id) as addresses
    from best join contact k on k.workspace_id = ${w}::uuid and k.id = best.id order by best.alike desc, k.id`;
}
