import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId, type WorkspaceId } from '#libs/model';
import { FolderFiles, type KeysOfFiles } from './folder-files.js';

const workspaceId = newId('workspace');
const bytes = Buffer.from('0123456789');
const sha256 = createHash('sha256').update(bytes).digest('hex');
let folder: string;
let files: FolderFiles;
let keys: HeldKeys;

/** Keys in memory: one for each file, until it is destroyed. */
class HeldKeys implements KeysOfFiles {
  readonly held = new Map<string, KeyObject>();

  async forWriting(workspace: WorkspaceId, hash: string): Promise<KeyObject> {
    const name = `${workspace}.${hash}`;
    const key = this.held.get(name) ?? createSecretKey(randomBytes(32));
    this.held.set(name, key);
    return key;
  }

  async find(workspace: WorkspaceId, hash: string): Promise<KeyObject | null> {
    return this.held.get(`${workspace}.${hash}`) ?? null;
  }
}

const shelfOf = (hash: string): string => path.join(folder, workspaceId, hash.slice(0, 2));

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-files-'));
  keys = new HeldKeys();
  files = new FolderFiles(folder, keys);
});
afterEach(() => rm(folder, { recursive: true }));

describe('files in a folder', () => {
  it('are read as they were kept, whole or in part', async () => {
    await files.put(workspaceId, sha256, bytes, null);
    expect(Buffer.from(await files.read(workspaceId, sha256)).toString()).toBe('0123456789');
    expect((await buffer(await files.stream(workspaceId, sha256))).toString()).toBe('0123456789');
    const range = { first: 2, last: 4 };
    expect((await buffer(await files.stream(workspaceId, sha256, range))).toString()).toBe('234');
  });

  it('stand once however often they are kept, also at the same moment, and nothing is left beside them', async () => {
    await Promise.all(Array.from({ length: 8 }, () => files.put(workspaceId, sha256, bytes, null)));
    expect(await readdir(shelfOf(sha256))).toEqual([sha256]);
    expect(Buffer.from(await files.read(workspaceId, sha256)).toString()).toBe('0123456789');
  });

  it('belong to one workspace', async () => {
    await files.put(workspaceId, sha256, bytes, null);
    await expect(files.read(newId('workspace'), sha256)).rejects.toThrow(/state\/gone/);
    await expect(files.stream(newId('workspace'), sha256)).rejects.toThrow(/state\/gone/);
  });

  it('are refused under a name that is no hash', async () => {
    await expect(files.read(workspaceId, '../../etc/passwd')).rejects.toThrow(/internal\/bug/);
  });

  it('say so when they cannot be written', async () => {
    const file = path.join(folder, 'no-folder');
    await writeFile(file, '');
    await expect(new FolderFiles(file, keys).put(workspaceId, sha256, bytes, null)).rejects.toThrow(
      /store\/unavailable/,
    );
  });

  it('stand nowhere as they are', async () => {
    await files.put(workspaceId, sha256, bytes, null);
    const raw = await readFile(path.join(shelfOf(sha256), sha256));
    expect(raw.includes('0123456789')).toBe(false);
  });

  it('are gone with their key, and come back under a new one when they come again', async () => {
    await files.put(workspaceId, sha256, bytes, null);
    keys.held.clear();
    await expect(files.read(workspaceId, sha256)).rejects.toThrow(/state\/gone/);
    await files.put(workspaceId, sha256, bytes, null);
    expect(Buffer.from(await files.read(workspaceId, sha256)).toString()).toBe('0123456789');
  });

  it('come in every part as they were, with as little in memory as a part takes', async () => {
    const large = randomBytes(300_001);
    const hash = createHash('sha256').update(large).digest('hex');
    await files.put(workspaceId, hash, large, null);
    const ranges = [
      { first: 0, last: 0 },
      { first: 65_535, last: 65_536 },
      { first: 70_000, last: 299_999 },
      { first: 300_000, last: 300_000 },
    ];
    for (const range of ranges) {
      const stream = await files.stream(workspaceId, hash, range);
      const pieces: Buffer[] = [];
      for await (const piece of stream) pieces.push(piece as Buffer);
      expect(pieces.every((piece) => piece.byteLength <= 65_536)).toBe(true);
      expect(Buffer.concat(pieces).equals(large.subarray(range.first, range.last + 1))).toBe(true);
    }
  });

  it('are refused before the first byte when they were altered, moved or replaced', async () => {
    await files.put(workspaceId, sha256, bytes, null);
    const file = path.join(shelfOf(sha256), sha256);
    const sealed = await readFile(file);
    for (const at of [9, sealed.byteLength - 1]) {
      const altered = Buffer.from(sealed);
      altered[at]! ^= 1;
      await writeFile(file, altered);
      await expect(files.stream(workspaceId, sha256)).rejects.toThrow(/store\/sealed/);
    }
    await writeFile(file, 'something else');
    await expect(files.stream(workspaceId, sha256)).rejects.toThrow(/store\/sealed/);
  });

  it('of before there were keys stay readable, and are sealed when they come again', async () => {
    await mkdir(shelfOf(sha256), { recursive: true });
    await writeFile(path.join(shelfOf(sha256), sha256), bytes);
    expect(Buffer.from(await files.read(workspaceId, sha256)).toString()).toBe('0123456789');
    const range = { first: 2, last: 4 };
    expect((await buffer(await files.stream(workspaceId, sha256, range))).toString()).toBe('234');
    await files.put(workspaceId, sha256, bytes, null);
    expect(Buffer.from(await files.read(workspaceId, sha256)).toString()).toBe('0123456789');
    const raw = await readFile(path.join(shelfOf(sha256), sha256));
    expect(raw.includes('0123456789')).toBe(false);
  });
});
