import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fault } from '#libs/faults';
import type { FastifyReply } from 'fastify';

/** A file that a browser app was built into. */
export interface BuiltFile {
  contentType: string;
  body: Buffer;
  /** The same, compressed with brotli at the build; null where that was not done. */
  brotli: Buffer | null;
  /** The same, compressed with gzip: done when it is first asked for. */
  readonly gzipped: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Where a browser app is built into, from the compiled code and from its source alike: dist/apps/… */
export function builtFolder(app: string): string {
  const base = path.resolve(import.meta.dirname, '../../../..');
  return path.join(path.basename(base) === 'dist' ? base : path.join(base, 'dist'), 'apps', app);
}

/** All files of a folder by their names; none when it is not built. */
export function readBuiltFiles(folder: string): ReadonlyMap<string, BuiltFile> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const all = new Set(entries.map(({ name }) => name));
  const names = [...all].filter((name) => !name.endsWith('.br'));
  return new Map(
    names.map((name) => {
      const contentType = TYPES[path.extname(name)] ?? 'application/octet-stream';
      const body = readFileSync(path.join(folder, name));
      let gzipped: Buffer | undefined;
      const file = {
        contentType,
        body,
        brotli: all.has(`${name}.br`) ? readFileSync(path.join(folder, `${name}.br`)) : null,
        get gzipped() {
          return (gzipped ??= gzipSync(body));
        },
      };
      return [name, file];
    }),
  );
}

/** Who keeps a file for how long: names with a hash never change. */
export const FOREVER = 'public, max-age=31536000, immutable';

/**
 * Answers with a file, compressed where the browser can read it.
 *
 * @throws Fault `state/not-found` when there is no such file
 */
export function giveFile(
  reply: FastifyReply,
  file: BuiltFile | undefined,
  { acceptEncoding = '', cacheControl = FOREVER }: { acceptEncoding?: string; cacheControl?: string },
): void {
  if (!file) throw fault('state/not-found');
  const [encoding, body] = encoded(file, acceptEncoding);
  if (encoding !== null) void reply.header('content-encoding', encoding);
  void reply
    .header('cache-control', cacheControl)
    .header('vary', 'accept-encoding')
    .type(file.contentType)
    .send(body);
}

/** The smallest form that a browser can read; what it refuses (`;q=0`) it does not get. */
function encoded(file: BuiltFile, acceptEncoding: string): ['br' | 'gzip' | null, Buffer] {
  const accepts = (name: string): boolean =>
    acceptEncoding
      .toLowerCase()
      .split(',')
      .some((each) => each.trim().split(';')[0] === name && !/;\s*q=0(?:\.0*)?\s*$/.test(each));
  if (file.brotli && accepts('br')) return ['br', file.brotli];
  if (accepts('gzip')) return ['gzip', file.gzipped];
  return [null, file.body];
}
