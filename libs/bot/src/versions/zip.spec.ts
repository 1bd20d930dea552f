import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unzip, zipOf } from './zip.js';

const code = (archive: Uint8Array): string => {
  try {
    unzip(archive);
    return 'read';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

/** The archive of one file, its content deflated, and its stated size changed. */
function deflated(path: string, text: string, size?: number): Buffer {
  const data = Buffer.from(text);
  const stored = zipOf({ [path]: text });
  const packed = deflateRawSync(data);
  const end = stored.length - 22;
  const central = stored.readUInt32LE(end + 16);
  const local = stored.subarray(0, central - data.length);
  const directory = Buffer.from(stored.subarray(central));
  for (const [header, at] of [
    [local, 0],
    [directory, 2],
  ] as const) {
    header.writeUInt16LE(8, 8 + at);
    header.writeUInt32LE(packed.length, 18 + at);
    header.writeUInt32LE(size ?? data.length, 22 + at);
  }
  directory.writeUInt32LE(local.length + packed.length, directory.length - 22 + 16);
  return Buffer.concat([local, packed, directory]);
}

describe('a zip archive', () => {
  it('gives back what went in, and the same bytes for the same files', () => {
    const path = fc.stringMatching(/^[a-z]{1,8}(\/[a-z-]{1,8})?\.json$/);
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(path, text, { minKeys: 1, noNullPrototype: true }), (files) => {
        const whole = { 'bot.json': '{}', ...files };
        expect(unzip(zipOf(whole))).toEqual(whole);
        expect(zipOf(whole).equals(zipOf({ ...whole }))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is read deflated, below one folder, and with a comment at its end', () => {
    expect(unzip(deflated('shop-main/bot.json', '{"a": 1}'))).toEqual({ 'bot.json': '{"a": 1}' });
    const commented = Buffer.concat([zipOf({ 'bot.json': '{}' }), Buffer.from('made by somebody')]);
    expect(unzip(commented)).toEqual({ 'bot.json': '{}' });
  });

  it('is refused when a byte of it is another one', () => {
    const archive = zipOf({ 'bot.json': '{"name": "Ada"}' });
    for (let at = 30; at < 30 + 23; at++) {
      const other = Buffer.from(archive);
      other.writeUInt8(other.readUInt8(at) ^ 1, at);
      // A name is told twice; what counts is the directory's.
      if (at >= 38) expect(code(other)).toBe('input/unreadable');
    }
    expect(code(archive.subarray(0, archive.length - 5))).toBe('input/unreadable');
    expect(code(Buffer.from('no archive at all, but long enough'))).toBe('input/unreadable');
    expect(code(Buffer.alloc(0))).toBe('input/unreadable');
  });

  it('is refused when it would grow beyond measure, says that it does, or lies about it', () => {
    const bomb = ' '.repeat(5_000_000);
    expect(code(deflated('bot.json', bomb))).toBe('input/too-large');
    expect(code(deflated('bot.json', bomb, 100))).toBe('input/unreadable');
    const picture = zipOf({ 'a.json': 'x' });
    picture.writeUInt8(0xff, 30 + 'a.json'.length);
    expect(code(picture)).toBe('input/unreadable');
  });
});
