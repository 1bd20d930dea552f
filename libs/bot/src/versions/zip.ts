import { crc32, inflateRawSync } from 'node:zlib';
import { fault } from '#libs/faults';
import type { BotFiles } from '#libs/model';

/** Signatures and sizes of the format, in bytes. @see APPNOTE.TXT 6.3.10 §4.3 (read 2026-11-21) */
const LOCAL = { signature: 0x04034b50, size: 30 };
const CENTRAL = { signature: 0x02014b50, size: 46 };
const END = { signature: 0x06054b50, size: 22 };
const UTF8_NAMES = 0x0800;
/** 1 January 1980, the earliest day: the same files are the same bytes on every day. */
const DAY_ONE = 0x0021;
const COMMENT_MAX = 65_535;

/** What an archive may hold, beyond what comes with each file. */
const limits = { files: 2_500, fileBytes: 1_000_000, bytes: 20_000_000 };

/** Files as a zip archive, uncompressed and in the order given: the same files are the same bytes. */
export function zipOf(files: BotFiles): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, data] = [Buffer.from(path, 'utf8'), Buffer.from(text, 'utf8')];
    const common = commonHeader(name, data);
    const local = Buffer.concat([numbers([LOCAL.signature, 4]), common, name, data]);
    const central = [
      numbers([CENTRAL.signature, 4], [20, 2]),
      common,
      numbers([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]),
      name,
    ];
    directory.push(Buffer.concat(central));
    bodies.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const count = directory.length;
  const end = numbers(
    [END.signature, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [central.length, 4],
    [at, 4],
    [0, 2],
  );
  return Buffer.concat([...bodies, central, end]);
}

/** What the local and the central header of a file have in common. */
function commonHeader(name: Buffer, data: Buffer): Buffer {
  const size = data.length;
  return numbers(
    [20, 2],
    [UTF8_NAMES, 2],
    [0, 2],
    [0, 2],
    [DAY_ONE, 2],
    [crc32(data), 4],
    [size, 4],
    [size, 4],
    [name.length, 2],
    [0, 2],
  );
}

function numbers(...fields: readonly [value: number, bytes: number][]): Buffer {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const buffer = Buffer.alloc(bytes);
      buffer.writeUIntLE(value, 0, bytes);
      return buffer;
    }),
  );
}

/**
 * The text files of a zip archive, stored or deflated. A folder that holds everything, as archives of repositories have
 * one, is taken off; folders themselves and what macOS puts beside files are left out.
 *
 * @throws Fault `input/unreadable` when it is no archive, is broken, or holds what is no text;
 *   `input/too-large` beyond 2,500 files, 1 MB a file or 20 MB in all
 */
export function unzip(archive: Uint8Array): BotFiles {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  try {
    return withoutTop(readAll(bytes));
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw broken(error);
    throw error;
  }
}

function readAll(bytes: Buffer): BotFiles {
  const end = endOf(bytes);
  const count = bytes.readUInt16LE(end + 10);
  if (count > limits.files) throw fault('input/too-large', { detail: 'An archive may hold 2,500 files.' });
  const files: [string, string][] = [];
  let at = bytes.readUInt32LE(end + 16);
  let total = 0;
  for (let n = 0; n < count; n++) {
    if (bytes.readUInt32LE(at) !== CENTRAL.signature) throw broken();
    const [nameLength = 0, extra = 0, comment = 0] = [28, 30, 32].map((offset) =>
      bytes.readUInt16LE(at + offset),
    );
    const path = textOf(bytes.subarray(at + CENTRAL.size, at + CENTRAL.size + nameLength));
    if (isWanted(path)) {
      const data = contentOf(bytes, at);
      total += data.length;
      if (total > limits.bytes) throw fault('input/too-large', { detail: 'An archive may hold 20 MB.' });
      files.push([path, textOf(data)]);
    }
    at += CENTRAL.size + nameLength + extra + comment;
  }
  return Object.fromEntries(files);
}

/** The last 22 bytes, or before a comment. */
function endOf(bytes: Buffer): number {
  const from = Math.max(0, bytes.length - END.size - COMMENT_MAX);
  for (let at = bytes.length - END.size; at >= from; at--) {
    if (bytes.readUInt32LE(at) === END.signature) return at;
  }
  throw broken();
}

function contentOf(bytes: Buffer, central: number): Buffer {
  const flags = bytes.readUInt16LE(central + 8);
  const method = bytes.readUInt16LE(central + 10);
  const [crc = 0, packed = 0, size = 0, local = 0] = [16, 20, 24, 42].map((offset) =>
    bytes.readUInt32LE(central + offset),
  );
  if (flags & 1) throw fault('input/unreadable', { detail: 'The archive is protected by a password.' });
  if (size > limits.fileBytes) throw fault('input/too-large', { detail: 'A file may have 1 MB.' });
  if (bytes.readUInt32LE(local) !== LOCAL.signature) throw broken();
  const from = local + LOCAL.size + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const raw = bytes.subarray(from, from + packed);
  const data = method === 0 ? raw : method === 8 ? inflated(raw) : null;
  if (data === null || data.length !== size || crc32(data) !== crc) throw broken();
  return data;
}

function inflated(raw: Buffer): Buffer {
  try {
    return inflateRawSync(raw, { maxOutputLength: limits.fileBytes });
  } catch (cause) {
    throw broken(cause);
  }
}

function isWanted(path: string): boolean {
  return !path.endsWith('/') && !path.startsWith('__MACOSX/') && !/(?:^|\/)\.[^/]*$/.test(path);
}

/** Text only: a picture in the archive is a mistake that is better said than kept. */
function textOf(bytes: Buffer): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

function withoutTop(files: BotFiles): BotFiles {
  const paths = Object.keys(files);
  const top = paths[0]?.split('/')[0];
  if (top === undefined || !paths.every((path) => path.startsWith(`${top}/`))) return files;
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path.slice(top.length + 1), text]));
}

function broken(cause?: unknown) {
  return fault('input/unreadable', {
    detail: 'It is no zip archive of text files, or it is broken.',
    ...(cause !== undefined && { cause }),
  });
}
