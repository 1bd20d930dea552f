import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchiveWriter } from './archive-writer.js';
import { readTar, tarEnd, tarHeader, tarPadding } from './tar.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-archive-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* lines(...texts: string[]): AsyncGenerator<{ text: string; rows: number }> {
  for (const text of texts) yield { text, rows: 1 };
}

async function written(name: string): Promise<string> {
  const file = path.join(folder, name);
  const writer = await ArchiveWriter.open(file);
  await writer.addText('data/a.jsonl', lines('{"é":1}\n', '{"b":2}\n'));
  await writer.addText('data/empty.jsonl', lines());
  await writer.addBytes('media/x', 700, Readable.from([Buffer.alloc(700, 7)]), 'f'.repeat(64));
  await writer.close({ format: 'test' });
  return file;
}

async function read(source: AsyncIterable<Uint8Array>): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  for await (const { name, content } of readTar(source)) {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(Buffer.from(piece));
    found[name] = Buffer.concat(pieces);
  }
  return found;
}

describe('an archive', () => {
  it('is read by us and by tar alike, in pieces of any size, and leaves nothing beside it', async () => {
    const file = await written('one.tar.gz');
    const found = await read(
      createReadStream(file, { highWaterMark: 7 }).pipe(createGunzip({ chunkSize: 64 })),
    );
    expect(Object.keys(found)).toEqual(['data/a.jsonl', 'data/empty.jsonl', 'media/x', 'manifest.json']);
    expect(found['data/a.jsonl']!.toString()).toBe('{"é":1}\n{"b":2}\n');
    const manifest = JSON.parse(found['manifest.json']!.toString()) as { files: object[] };
    expect(manifest.files).toHaveLength(3);
    expect(manifest.files[0]).toMatchObject({ name: 'data/a.jsonl', rows: 2 });
    const listed = execFileSync('tar', ['-tzf', file]).toString().trim().split('\n');
    expect(listed).toEqual(Object.keys(found));
    expect(readdirSync(folder)).toEqual(['one.tar.gz']);
  });

  it('is the same bytes for the same content', async () => {
    expect(readFileSync(await written('two.tar.gz'))).toEqual(readFileSync(path.join(folder, 'one.tar.gz')));
  });

  it('is refused when it ends early or is something else', async () => {
    const part = Buffer.concat([tarHeader('a', 600), Buffer.alloc(100)]);
    for (const bytes of [part, Buffer.alloc(600, 65), Buffer.alloc(0)]) {
      await expect(read(Readable.from([bytes]))).rejects.toMatchObject({ code: 'input/invalid' });
    }
  });

  it('says the size of files above 8 GiB, and passes over what nobody reads', async () => {
    const size = 2 ** 33 + 5;
    const names: [string, number][] = [];
    const big = async function* (): AsyncGenerator<Buffer> {
      yield tarHeader('big', size);
    };
    for await (const { name, sizeBytes } of readTar(big())) {
      names.push([name, sizeBytes]);
      break;
    }
    expect(names).toEqual([['big', size]]);
    const two = [tarHeader('a', 3), Buffer.from('abc'), tarPadding(3), tarHeader('b', 0), tarEnd()];
    const seen: string[] = [];
    for await (const { name } of readTar(Readable.from(two))) seen.push(name);
    expect(seen).toEqual(['a', 'b']);
  });

  it('leaves nothing when its making fails', async () => {
    const broken = path.join(folder, 'broken', 'x.tar.gz');
    const writer = await ArchiveWriter.open(broken);
    const failing = async function* (): AsyncGenerator<{ text: string; rows: number }> {
      yield { text: 'x', rows: 1 };
      throw new Error('gone');
    };
    await expect(writer.addText('a', failing())).rejects.toThrow('gone');
    await writer.abandon();
    expect(readdirSync(path.join(folder, 'broken'))).toEqual([]);
  });
});
