import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fault } from '#libs/faults';
import type { WorkspaceId } from '#libs/model';

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
   * @throws Fault `store/unavailable` when they cannot be written
   */
  abstract put(workspaceId: WorkspaceId, sha256: string, bytes: Uint8Array): Promise<void>;
  /** @throws Fault `state/gone` when they are not kept here */
  abstract read(workspaceId: WorkspaceId, sha256: string): Promise<Uint8Array>;
  /**
   * The bytes as a stream.
   *
   * @param range  within the file; without it, all of it
   * @throws Fault `state/gone` when they are not kept here
   */
  abstract stream(workspaceId: WorkspaceId, sha256: string, range?: ByteRange): Promise<Readable>;
  /**
   * Forgets bytes; forgetting what is not kept changes nothing.
   *
   * @throws Fault `store/unavailable` when they cannot be taken away
   */
  abstract remove(workspaceId: WorkspaceId, sha256: string): Promise<void>;
}

/** Files in a folder of this machine, or of a volume that all processes share: `<folder>/<workspace>/<aa>/<sha256>`. */
export class FolderFiles extends MediaFiles {
  /** @param folder  absolute; made when something is kept */
  constructor(private readonly folder: string) {
    super();
  }

  async put(workspaceId: WorkspaceId, sha256: string, bytes: Uint8Array): Promise<void> {
    const file = this.#fileOf(workspaceId, sha256);
    try {
      if (await hasSize(file, bytes.byteLength)) return;
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeWhole(file, bytes);
    } catch (cause) {
      throw fault('store/unavailable', { detail: 'The file cannot be kept.', cause });
    }
  }

  async read(workspaceId: WorkspaceId, sha256: string): Promise<Uint8Array> {
    return readFile(this.#fileOf(workspaceId, sha256)).catch(gone);
  }

  async stream(workspaceId: WorkspaceId, sha256: string, range?: ByteRange): Promise<Readable> {
    const file = this.#fileOf(workspaceId, sha256);
    await stat(file).catch(gone);
    return createReadStream(file, range && { start: range.first, end: range.last });
  }

  async remove(workspaceId: WorkspaceId, sha256: string): Promise<void> {
    try {
      await rm(this.#fileOf(workspaceId, sha256), { force: true });
    } catch (cause) {
      throw fault('store/unavailable', { detail: 'The file cannot be taken away.', cause });
    }
  }

  #fileOf(workspaceId: WorkspaceId, sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw fault('internal/bug', { detail: 'It is no hash of a file.' });
    return path.join(this.folder, workspaceId, sha256.slice(0, 2), sha256);
  }
}

/** Nobody ever sees half a file: it is written beside its place, and put there when the disk has it. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function hasSize(file: string, size: number): Promise<boolean> {
  return stat(file).then(
    (found) => found.size === size,
    () => false,
  );
}

function gone(cause: unknown): never {
  throw fault('state/gone', { detail: 'The file is not kept any more.', cause });
}
