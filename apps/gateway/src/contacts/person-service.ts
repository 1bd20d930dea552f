import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { MediaFiles } from '#libs/media';
import type { ContactErasure, ContactFact, ContactId, Conversation, WorkspaceId } from '#libs/model';
import {
  type Actor,
  ContactFacts,
  Contacts,
  Conversations,
  type PageOf,
  type PageRequest,
  PersonalData,
} from '#libs/store';

/** As many as are ever kept of one contact. */
const FACTS_MAX = 200;

/** Gives out and takes away everything of one person. */
@Injectable()
export class PersonService {
  constructor(
    private readonly contacts: Contacts,
    private readonly conversations: Conversations,
    private readonly data: PersonalData,
    private readonly files: MediaFiles,
    private readonly facts: ContactFacts,
  ) {}

  /**
   * Everything of a person, written as it is read: memory does not grow with how much they said.
   *
   * @throws Fault `state/not-found`, before the first byte
   */
  async export(workspaceId: WorkspaceId, contactId: ContactId, actor: Actor): Promise<StreamableFile> {
    await this.contacts.get(workspaceId, contactId);
    await this.data.noteExport(workspaceId, contactId, actor);
    return new StreamableFile(Readable.from(this.#document(workspaceId, contactId)), {
      type: 'application/json; charset=utf-8',
      disposition: `attachment; filename="${contactId}.json"`,
    });
  }

  /**
   * @returns what was erased, or with `isDryRun` what would be
   * @throws Fault `state/not-found`, `state/conflict` for a contact that was merged into another, `store/unavailable`
   */
  async erase(
    workspaceId: WorkspaceId,
    contactId: ContactId,
    { isDryRun, actor }: { isDryRun: boolean; actor: Actor },
  ): Promise<ContactErasure> {
    const { erasure, files } = await this.data.survey(workspaceId, contactId);
    if (isDryRun) return erasure;
    // Keys before everything: what cannot be taken away, or was copied before, can be read by nobody.
    const gone = await this.data.destroyKeys(workspaceId, contactId, actor);
    await this.files.markErased(workspaceId, gone);
    // Bytes before rows: rows that are still there lead to them when this is cut off and asked for again.
    for (const sha256 of files.sha256) await this.files.remove(workspaceId, sha256);
    return this.data.erase(workspaceId, contactId, actor);
  }

  async *#document(workspaceId: WorkspaceId, contactId: ContactId): AsyncGenerator<string> {
    const head = {
      exported_at: new Date().toISOString(),
      contact: await this.contacts.get(workspaceId, contactId),
      merged: await this.data.mergedInto(workspaceId, contactId),
      consents: await this.contacts.consents(workspaceId, contactId),
      sessions: await this.data.sessionsOf(workspaceId, contactId),
      facts: shownFacts(await this.facts.of(workspaceId, contactId, FACTS_MAX)),
    };
    yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
    let isFirst = true;
    const talks = pages((page) => this.conversations.list(workspaceId, page, { contactId }));
    for await (const conversation of talks) {
      yield isFirst ? '' : ',';
      isFirst = false;
      yield* this.#conversation(workspaceId, conversation);
    }
    yield ']}';
  }

  async *#conversation(workspaceId: WorkspaceId, conversation: Conversation): AsyncGenerator<string> {
    yield `${JSON.stringify(conversation).slice(0, -1)},"messages":[`;
    let isFirst = true;
    const said = pages((page) => this.conversations.messages(workspaceId, conversation.id, page));
    for await (const message of said) {
      yield `${isFirst ? '' : ','}${JSON.stringify(message)}`;
      isFirst = false;
    }
    yield ']}';
  }
}

/** What bots know, as the API shows it. */
function shownFacts(facts: readonly ContactFact[]): object[] {
  return facts.map(({ factId, text, source, notedAt, expiresAt }) => ({
    id: factId,
    text,
    source,
    noted_at: notedAt,
    expires_at: expiresAt,
  }));
}

/** All items of a list, page by page, the oldest first. */
async function* pages<Item>(read: (page: PageRequest) => Promise<PageOf<Item>>): AsyncGenerator<Item> {
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 100, order: 'asc', cursor });
    yield* page.data;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}
