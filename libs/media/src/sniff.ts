import { fileTypeFromBuffer } from 'file-type';

/** Kinds whose bytes look like something more general: zipped and compound documents, and plain text. */
const refines: Readonly<Record<string, RegExp>> = {
  'application/zip': /^application\/(vnd\.|epub)/,
  'application/x-cfb': /^application\/(msword|vnd\.ms-)/,
  'text/plain': /^text\/(csv|calendar|vcard|x-vcard|markdown|tab-separated-values)$/,
  'video/mp4': /^audio\/mp4$/,
};
const TEXT_LOOK = 4_096;

/**
 * The media type of a file as its bytes say; what the sender declared only refines what they leave open, and is never
 * believed against them.
 *
 * @param declared  with or without parameters; null for none
 * @returns lower case, without parameters
 */
export async function sniff(bytes: Uint8Array, declared: string | null): Promise<string> {
  const found = await fileTypeFromBuffer(bytes);
  const seen = essence(found?.mime ?? (isText(bytes) ? 'text/plain' : 'application/octet-stream'));
  const said = essence(declared ?? '');
  return refines[seen]?.test(said) ? said : seen;
}

const essence = (type: string): string => type.split(';', 1)[0]!.trim().toLowerCase();

/** Looks at the beginning only: a character that is cut at its end is none of its faults. */
function isText(bytes: Uint8Array): boolean {
  const beginning = bytes.subarray(0, TEXT_LOOK);
  if (beginning.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(beginning, { stream: true });
    return true;
  } catch {
    return false;
  }
}
