import type { Readable } from 'node:stream';
import type { ContactId, WorkspaceId } from '#libs/model';

/** A part of a file: its first and its last byte, both included, from 0. */
export interface ByteRange {
  first: number;
  last: number;
}

/** Where the bytes of files are kept: by workspace and hash, so that the same bytes are kept once. */
export abstract class MediaFiles {
  /**
   * Keeps bytes; they are safe when it returns. Keeping them again changes nothing.
   *
   * @param sha256  of the bytes, in hexadecimal
   * @param contactId  the person they came from, with whose key they are sealed; null when they came from nobody in particular
   * @throws Fault `store/unavailable` when they cannot be written; `state/gone` when that person was erased
   */
  abstract put(
    workspaceId: WorkspaceId,
    sha256: string,
    bytes: Uint8Array,
    contactId: ContactId | null,
  ): Promise<void>;
  /** @throws Fault `state/gone` when they are not kept here, or their key was destroyed; `store/sealed` when they were altered */
  abstract read(workspaceId: WorkspaceId, sha256: string): Promise<Uint8Array>;
  /**
   * The bytes as a stream.
   *
   * @param range  within the file; without it, all of it
   * @throws Fault as `read`, before the first byte; what is found to be altered later ends the stream with it
   */
  abstract stream(workspaceId: WorkspaceId, sha256: string, range?: ByteRange): Promise<Readable>;
  /**
   * Forgets bytes; forgetting what is not kept changes nothing.
   *
   * @throws Fault `store/unavailable` when they cannot be taken away
   */
  abstract remove(workspaceId: WorkspaceId, sha256: string): Promise<void>;
  /**
   * Remembers by their ids alone who was erased, outside of the database: `parley doctor` says when an older backup of it
   * has brought them back.
   *
   * @throws Fault `store/unavailable` when it cannot be written
   */
  abstract markErased(workspaceId: WorkspaceId, contacts: readonly ContactId[]): Promise<void>;
}
