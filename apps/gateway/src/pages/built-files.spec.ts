import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveFile, readBuiltFiles } from './built-files.js';

const text = 'const x = 1;'.repeat(100);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-built-'));
  writeFileSync(path.join(folder, 'a-1.js'), text);
  writeFileSync(path.join(folder, 'a-1.js.br'), brotliCompressSync(text));
  writeFileSync(path.join(folder, 'b-1.css'), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a browser gets that asks for a file. */
function ask(name: string, acceptEncoding?: string): { headers: Record<string, string>; body: Buffer } {
  const got: { headers: Record<string, string>; body: Buffer } = { headers: {}, body: Buffer.alloc(0) };
  const reply = {
    header: (key: string, value: string) => ((got.headers[key] = value), reply),
    type: (value: string) => ((got.headers['content-type'] = value), reply),
    send: (body: Buffer) => ((got.body = body), reply),
  };
  const options = acceptEncoding === undefined ? {} : { acceptEncoding };
  giveFile(reply as unknown as FastifyReply, readBuiltFiles(folder).get(name), options);
  return got;
}

describe('a built file', () => {
  it('comes in brotli as it was compressed at the build, where the browser reads that', () => {
    const { headers, body } = ask('a-1.js', 'gzip, deflate, br, zstd');
    expect(headers['content-encoding']).toBe('br');
    expect(headers['vary']).toBe('accept-encoding');
    expect(brotliDecompressSync(body).toString()).toBe(text);
  });

  it.each([
    ['a-1.js', 'gzip', 'gzip'],
    ['a-1.js', 'gzip, br;q=0', 'gzip'],
    ['b-1.css', 'br, gzip', 'gzip'],
  ])('%s comes in gzip to who accepts %s', (name, accepts, encoding) => {
    const { headers, body } = ask(name, accepts);
    expect(headers['content-encoding']).toBe(encoding);
    expect(gunzipSync(body).toString()).toBe(text);
  });

  it.each([undefined, '', 'identity', 'gzip;q=0', 'xbr'])('comes as it is to who accepts %s', (accepts) => {
    const { headers, body } = ask('a-1.js', accepts);
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toBe(text);
  });

  it('is there under its own name only', () => {
    expect([...readBuiltFiles(folder).keys()].sort()).toEqual(['a-1.js', 'b-1.css']);
    expect(() => ask('a-1.js.br')).toThrow(expect.objectContaining({ code: 'state/not-found' }));
  });
});
