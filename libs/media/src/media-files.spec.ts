import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#libs/model';
import { FolderFiles } from './media-files.js';

const workspaceId = newId('workspace');
const bytes = Buffer.from('0123456789');
const sha256 = createHash('sha256').update(bytes).digest('hex');
let folder: string;
let files: FolderFiles;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-files-'));
  files = new FolderFiles(folder);
});
afterEach(() => rm(folder, { recursive: true }));

describe('files in a folder', () => {
  it('are read as they were kept, whole or in part', async () => {
    await files.put(workspaceId, sha256, bytes);
    expect(Buffer.from(await files.read(workspaceId, sha256)).toString()).toBe('0123456789');
    expect((await buffer(await files.stream(workspaceId, sha256))).toString()).toBe('0123456789');
    const range = { first: 2, last: 4 };
    expect((await buffer(await files.stream(workspaceId, sha256, range))).toString()).toBe('234');
  });

  it('stand once however often they are kept, also at the same moment, and nothing is left beside them', async () => {
    await Promise.all(Array.from({ length: 8 }, () => files.put(workspaceId, sha256, bytes)));
    const shelf = path.join(folder, workspaceId, sha256.slice(0, 2));
    expect(await readdir(shelf)).toEqual([sha256]);
  });

  it('belong to one workspace', async () => {
    await files.put(workspaceId, sha256, bytes);
    await expect(files.read(newId('workspace'), sha256)).rejects.toThrow(/state\/gone/);
    await expect(files.stream(newId('workspace'), sha256)).rejects.toThrow(/state\/gone/);
  });

  it('are refused under a name that is no hash', async () => {
    await expect(files.read(workspaceId, '../../etc/passwd')).rejects.toThrow(/internal\/bug/);
  });

  it('say so when they cannot be written', async () => {
    const file = path.join(folder, 'no-folder');
    await writeFile(file, '');
    await expect(new FolderFiles(file).put(workspaceId, sha256, bytes)).rejects.toThrow(/store\/unavailable/);
  });
});
