import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { fault } from '#libs/faults';
import { type ContactId, uuidOf, type WorkspaceId } from '#libs/model';
import type { ContactKey, FileKey } from '#prisma/client';
import { Database } from '../database.js';
import { openBytes, sealBytes, type SealedPlace } from '../sealing/sealed-text.js';
import { Sealer } from '../sealing/sealer.js';

type FileRow = FileKey & { contact: ContactKey | null };

/** A key of a file may be made, shared and destroyed by others at the same moment. */
const TRIES = 5;
/** The seal of a person's key speaks of no version: there is one. */
const NO_VERSION = { kek: 0, dek: 0 };

/**
 * The keys of files. Each file has one, sealed with the key of the person it came from, or with the workspace's. Nothing of
 * them stays in memory: from the commit that destroys a key on, no process reads its files.
 */
@Injectable()
export class FileKeys {
  constructor(
    private readonly database: Database,
    private readonly sealer: Sealer,
  ) {}

  /**
   * The key that seals a file; the same one for everybody who keeps the same bytes.
   *
   * @param contactId  from whom it came, null from nobody in particular; a file that came from two belongs to none of them
   * @throws Fault `state/gone` when there is no such contact any more; `store/sealed`, `store/unavailable`
   */
  async forWriting(
    workspaceId: WorkspaceId,
    sha256: string,
    contactId: ContactId | null,
  ): Promise<KeyObject> {
    const contact = contactId && uuidOf(contactId);
    for (let tries = 0; tries < TRIES; tries++) {
      const row = await this.#row(workspaceId, sha256);
      if (!row) await this.#make(workspaceId, sha256, contact);
      else if (row.contactId === null || row.contactId === contact) return this.#open(workspaceId, row);
      else await this.#share(workspaceId, row);
    }
    throw fault('store/unavailable', { detail: 'The key of the file changes all the time.' });
  }

  /** The key that opens a file; null when there is none, or none any more. @throws Fault `store/sealed` */
  async find(workspaceId: WorkspaceId, sha256: string): Promise<KeyObject | null> {
    const row = await this.#row(workspaceId, sha256);
    return row && this.#open(workspaceId, row);
  }

  /** Makes files outlive the person from whom they came: others have them too. */
  async share(workspaceId: WorkspaceId, hashes: readonly string[]): Promise<void> {
    for (const sha256 of hashes) {
      const row = await this.#row(workspaceId, sha256);
      if (row && row.contactId !== null) await this.#share(workspaceId, row);
    }
  }

  /**
   * Destroys the keys of files of which no row speaks.
   *
   * @returns the hashes of those; their bytes can be taken away
   */
  async destroyUnused(workspaceId: WorkspaceId, hashes: readonly string[]): Promise<string[]> {
    const rows = await this.database.withWorkspace(
      workspaceId,
      (tx) => tx.$queryRaw<{ sha256: string }[]>`
        delete from file_key f
         where f.workspace_id = ${uuidOf(workspaceId)}::uuid and f.sha256 = any (${hashes}::text[])
           and not exists (
             select from media m where m.workspace_id = f.workspace_id and m.sha256 = f.sha256)
           and not exists (
             select from knowledge_source s where s.workspace_id = f.workspace_id and s.file_sha256 = f.sha256)
        returning f.sha256`,
    );
    return rows.map(({ sha256 }) => sha256);
  }

  #row(workspaceId: WorkspaceId, sha256: string): Promise<FileRow | null> {
    const key = { workspaceId: uuidOf(workspaceId), sha256 };
    return this.database.withWorkspace(workspaceId, (tx) =>
      tx.fileKey.findUnique({ where: { workspaceId_sha256: key }, include: { contact: true } }),
    );
  }

  async #make(workspaceId: WorkspaceId, sha256: string, contact: string | null): Promise<void> {
    const key = randomBytes(32);
    const sealed =
      contact === null
        ? await this.sealer.seal(workspaceId, filePlace(sha256), key.toString('base64url'))
        : sealBytes(
            await this.#contactKey(workspaceId, contact),
            NO_VERSION,
            within(workspaceId, sha256),
            key,
          );
    const row = { workspaceId: uuidOf(workspaceId), sha256, contactId: contact, sealed };
    await this.database.withWorkspace(workspaceId, (tx) =>
      tx.fileKey.createMany({ data: [row], skipDuplicates: true }).catch(goneContact),
    );
  }

  async #contactKey(workspaceId: WorkspaceId, contact: string): Promise<KeyObject> {
    const place = { workspaceId: uuidOf(workspaceId), contactId: contact };
    const find = (): Promise<ContactKey | null> =>
      this.database.withWorkspace(workspaceId, (tx) =>
        tx.contactKey.findUnique({ where: { workspaceId_contactId: place } }),
      );
    let row = await find();
    if (!row) {
      const fresh = randomBytes(32).toString('base64url');
      const sealed = await this.sealer.seal(workspaceId, contactPlace(contact), fresh);
      await this.database.withWorkspace(workspaceId, (tx) =>
        tx.contactKey.createMany({ data: [{ ...place, sealed }], skipDuplicates: true }).catch(goneContact),
      );
      row = await find();
    }
    if (!row) throw fault('state/gone', { detail: 'The contact was erased.' });
    return this.#openContact(workspaceId, row);
  }

  /** Seals the key of a file with the workspace's; nothing happens when somebody else has just done so. */
  async #share(workspaceId: WorkspaceId, row: FileRow): Promise<void> {
    const key = await this.#open(workspaceId, row);
    const sealed = await this.sealer.seal(
      workspaceId,
      filePlace(row.sha256),
      key.export().toString('base64url'),
    );
    await this.database.withWorkspace(workspaceId, (tx) =>
      tx.fileKey.updateMany({
        where: { workspaceId: row.workspaceId, sha256: row.sha256, sealed: row.sealed },
        data: { contactId: null, sealed },
      }),
    );
  }

  async #open(workspaceId: WorkspaceId, { sha256, sealed, contact }: FileRow): Promise<KeyObject> {
    if (contact === null) {
      const key = await this.sealer.open(workspaceId, filePlace(sha256), sealed);
      return createSecretKey(key, 'base64url');
    }
    const by = await this.#openContact(workspaceId, contact);
    return createSecretKey(openBytes(by, within(workspaceId, sha256), sealed));
  }

  async #openContact(workspaceId: WorkspaceId, { contactId, sealed }: ContactKey): Promise<KeyObject> {
    return createSecretKey(await this.sealer.open(workspaceId, contactPlace(contactId), sealed), 'base64url');
  }
}

function filePlace(sha256: string): Omit<SealedPlace, 'workspace'> {
  return { table: 'file_key', column: 'sealed', row: sha256 };
}

function contactPlace(contact: string): Omit<SealedPlace, 'workspace'> {
  return { table: 'contact_key', column: 'sealed', row: contact };
}

function within(workspaceId: WorkspaceId, sha256: string): SealedPlace {
  return { workspace: uuidOf(workspaceId), ...filePlace(sha256) };
}

/** A person who is erased while their file comes in gets no key any more. */
function goneContact(error: unknown): never {
  if ((error as { code?: string }).code === 'P2003') {
    throw fault('state/gone', { detail: 'The contact was erased.', cause: error });
  }
  throw error;
}
