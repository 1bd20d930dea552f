import { createHash, type KeyObject, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fault } from '#libs/faults';
import type { ContactId, WorkspaceId } from '#libs/model';
import { type ByteRange, MediaFiles } from './media-files.js';
import { PieceStream, readAt, readPiece } from './piece-stream.js';
import { headerBytes, isSealed, PieceOpener, sealedSize, sealPieces } from './sealed-bytes.js';

/** The keys of files, by workspace and hash; `FileKeys` of the store. */
export interface KeysOfFiles {
  forWriting(workspaceId: WorkspaceId, sha256: string, contactId: ContactId | null): Promise<KeyObject>;
  find(workspaceId: WorkspaceId, sha256: string): Promise<KeyObject | null>;
}

/**
 * Sealed files in a folder of this machine, or of a volume that all processes share: `<folder>/<workspace>/<aa>/<sha256>`,
 * by the hash of the plain bytes. Who was erased: `<folder>/erased/<workspace>/<contact>`.
 *
 * What was kept before there were keys is plain, and is given out when it is what its name says.
 */
export class FolderFiles extends MediaFiles {
  /** @param folder  absolute; made when something is kept */
  constructor(
    private readonly folder: string,
    private readonly keys: KeysOfFiles,
  ) {
    super();
  }

  async put(
    workspaceId: WorkspaceId,
    sha256: string,
    bytes: Uint8Array,
    contactId: ContactId | null,
  ): Promise<void> {
    const file = this.#fileOf(workspaceId, sha256);
    // The key is kept first: nothing can be read that nobody could destroy.
    const key = await this.keys.forWriting(workspaceId, sha256, contactId);
    const place = placeOf(workspaceId, sha256);
    try {
      if (await isKept(file, key, place, bytes.byteLength)) return;
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      await writeWhole(file, sealPieces(key, place, bytes));
    } catch (cause) {
      throw fault('store/unavailable', { detail: 'The file cannot be kept.', cause });
    }
  }

  async read(workspaceId: WorkspaceId, sha256: string): Promise<Uint8Array> {
    const pieces: Buffer[] = [];
    for await (const piece of await this.stream(workspaceId, sha256)) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  }

  async stream(workspaceId: WorkspaceId, sha256: string, range?: ByteRange): Promise<Readable> {
    const handle = await open(this.#fileOf(workspaceId, sha256)).catch(gone);
    try {
      const { size } = await handle.stat();
      const header = await readAt(handle, 0, headerBytes);
      if (!isSealed(header)) return await plainOf(handle, sha256, range);
      const key = (await this.keys.find(workspaceId, sha256)) ?? gone(null);
      const opener = new PieceOpener(key, placeOf(workspaceId, sha256), header, size);
      return await PieceStream.open(handle, opener, range);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async remove(workspaceId: WorkspaceId, sha256: string): Promise<void> {
    try {
      await rm(this.#fileOf(workspaceId, sha256), { force: true });
    } catch (cause) {
      throw fault('store/unavailable', { detail: 'The file cannot be taken away.', cause });
    }
  }

  async markErased(workspaceId: WorkspaceId, contacts: readonly ContactId[]): Promise<void> {
    const place = path.join(this.folder, 'erased', workspaceId);
    try {
      await mkdir(place, { recursive: true, mode: 0o700 });
      for (const contactId of contacts) await writeFile(path.join(place, contactId), '', { mode: 0o600 });
    } catch (cause) {
      throw fault('store/unavailable', { detail: 'Who was erased cannot be written down.', cause });
    }
  }

  #fileOf(workspaceId: WorkspaceId, sha256: string): string {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw fault('internal/bug', { detail: 'It is no hash of a file.' });
    return path.join(this.folder, workspaceId, sha256.slice(0, 2), sha256);
  }
}

/** A file is sealed as this one of this workspace. */
function placeOf(workspaceId: WorkspaceId, sha256: string): string {
  return `${workspaceId}|${sha256}`;
}

/** Whether the file is there, and opens with this key; one whose key was destroyed is written anew. */
async function isKept(file: string, key: KeyObject, place: string, size: number): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  if (!handle) return false;
  try {
    const found = await handle.stat();
    if (found.size !== sealedSize(size)) return false;
    const opener = new PieceOpener(key, place, await readAt(handle, 0, headerBytes), found.size);
    await readPiece(handle, opener, 0);
    return true;
  } catch {
    return false;
  } finally {
    await handle.close();
  }
}

/** Nobody ever sees half a file: it is written beside its place, and put there when the disk has it. */
async function writeWhole(file: string, pieces: Iterable<Buffer>): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      for (const piece of pieces) await handle.writeFile(piece);
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

/** A file of before there were keys: its name says what it must be. It is at most PARLEY_MEDIA_MAX. */
async function plainOf(handle: FileHandle, sha256: string, range?: ByteRange): Promise<Readable> {
  const bytes = await readAt(handle, 0, (await handle.stat()).size);
  await handle.close();
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw fault('store/sealed', { detail: 'The file was altered.', facts: { sha256 } });
  }
  const wanted = range ? bytes.subarray(range.first, range.last + 1) : bytes;
  return Readable.from([wanted], { objectMode: false });
}

function gone(cause: unknown): never {
  throw fault('state/gone', { detail: 'The file is not kept any more.', cause });
}
