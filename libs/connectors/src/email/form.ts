import { decodeCharset } from '../shared/mail/charset.js';
import { readStructured } from '../shared/mail/mime-headers.js';
import { decodeBody, leavesOf, readParts, type MimePart } from '../shared/mail/mime-parts.js';

/** A form as providers post it. */
export interface Form {
  /** Bytes of the first field of each name that is no file. */
  fields: ReadonlyMap<string, Buffer>;
  files: FormFile[];
}
export interface FormFile {
  /** Of its field. */
  field: string;
  /** By which `fileOfForm` finds it again. */
  number: number;
  fileName: string;
  mimeType: string;
  sizeBytes: number;
}

const FIELDS_MAX = 500;

/**
 * Reads `multipart/form-data` or `application/x-www-form-urlencoded`; null for other bodies.
 *
 * @param contentType  of the request; when it is lost, the first line of the body tells the boundary
 */
export function readForm(body: Uint8Array, contentType: string): Form | null {
  const type = readStructured(contentType);
  if (type.value === 'application/x-www-form-urlencoded') return readUrlEncoded(body);
  const root = multipart(body, type.parameters.get('boundary') ?? null);
  if (!root) return null;
  const fields = new Map<string, Buffer>();
  const files: FormFile[] = [];
  for (const part of leavesOf(root)) {
    const disposition = readStructured(
      part.headers.find(({ name }) => name === 'content-disposition')?.raw ?? '',
    );
    const field = disposition.parameters.get('name');
    const fileName = disposition.parameters.get('filename');
    if (field === undefined) continue;
    if (fileName !== undefined && !/^(?:email|body-mime|message)$/.test(field))
      files.push({
        field,
        number: part.number,
        fileName,
        mimeType: part.type.value,
        sizeBytes: part.body.length,
      });
    else if (!fields.has(field)) fields.set(field, decodeBody(part));
  }
  return { fields, files };
}

/** The bytes of a file of a stored form; null when it has none of that number. */
export function fileOfForm(
  body: Uint8Array,
  number: number,
): { bytes: Buffer; mimeType: string; fileName: string | null } | null {
  const root = multipart(body, null);
  const part = root && leavesOf(root).find((leaf) => leaf.number === number);
  if (!part) return null;
  const disposition = readStructured(
    part.headers.find(({ name }) => name === 'content-disposition')?.raw ?? '',
  );
  return {
    bytes: decodeBody(part),
    mimeType: part.type.value,
    fileName: disposition.parameters.get('filename') ?? null,
  };
}

function multipart(body: Uint8Array, boundary: string | null): MimePart | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  const told = boundary ?? /^--([^\r\n]{1,200})\r?\n/.exec(bytes.toString('latin1', 0, 300))?.[1] ?? null;
  if (told === null || /[\r\n"]/.test(told)) return null;
  const head = Buffer.from(`Content-Type: multipart/form-data; boundary="${told}"\r\n\r\n`);
  const { root } = readParts(Buffer.concat([head, bytes]));
  return root.children.length > 0 ? root : null;
}

function readUrlEncoded(body: Uint8Array): Form {
  const fields = new Map<string, Buffer>();
  for (const [name, value] of new URLSearchParams(Buffer.from(body).toString('latin1'))) {
    if (fields.size >= FIELDS_MAX) break;
    if (!fields.has(name)) fields.set(name, Buffer.from(value));
  }
  return { fields, files: [] };
}

/** The text of a field, in the charset that somebody named for it; empty when there is none. */
export function fieldOf({ fields }: Form, name: string, charset: string | null = null): string {
  const bytes = fields.get(name);
  return bytes ? decodeCharset(bytes, charset) : '';
}
