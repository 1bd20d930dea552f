import type { ByteRange } from '#libs/media';

/** What a browser may show in place: nothing of it can run a script. */
const INLINE = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/opus',
  'audio/wav',
  'audio/webm',
  'audio/aac',
  'audio/amr',
  'audio/flac',
  'audio/x-m4a',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'video/3gpp',
]);

/**
 * The `content-disposition` of a file: shown in place only where that is safe, downloaded otherwise.
 *
 * @see RFC 6266 §4 (read 2026-11-21)
 */
export function dispositionOf(mimeType: string, fileName: string | null): string {
  const kind = INLINE.has(mimeType) ? 'inline' : 'attachment';
  if (fileName === null) return kind;
  const ascii = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.codePointAt(0)!.toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/**
 * The part of a file that a `range` header asks for. Several parts at once are answered with the whole file.
 *
 * @returns undefined for the whole file, null when nothing of it is in the file
 * @see RFC 9110 §14 (read 2026-11-21)
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | null | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.replaceAll(' ', '') ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? null : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = Math.min(to === '' ? size - 1 : Number(to), size - 1);
  if (to !== '' && Number(to) < first) return undefined;
  return first >= size ? null : { first, last };
}
