import { fault } from '#libs/faults';

/** A file as a request carried it. */
export interface Uploaded {
  bytes: Uint8Array;
  /** As the sender says; null when they say nothing. */
  mimeType: string | null;
  fileName: string | null;
}

/**
 * The file in a request: its whole body, or the first file of a form (`multipart/form-data`).
 *
 * @param fileName  of a whole body, which has no place for a name
 * @throws Fault `input/invalid` for a form without a file
 */
export async function uploadedIn(
  body: unknown,
  contentType: string | undefined,
  fileName: string | undefined,
): Promise<Uploaded> {
  const bytes = new Uint8Array(Buffer.isBuffer(body) ? body : []);
  if (!/^multipart\/form-data\b/i.test(contentType ?? '')) {
    return { bytes, mimeType: contentType ?? null, fileName: fileName ?? null };
  }
  const file = [...(await formOf(bytes, contentType!)).values()].find((value) => typeof value !== 'string');
  if (!file) throw fault('input/invalid', { detail: 'The form holds no file.' });
  return {
    bytes: new Uint8Array(await file.arrayBuffer()),
    mimeType: file.type || null,
    fileName: fileName ?? (file.name || null),
  };
}

function formOf(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  return new Response(bytes, { headers: { 'content-type': contentType } })
    .formData()
    .catch((cause: unknown) => {
      throw fault('input/invalid', { detail: 'The form cannot be read.', cause });
    });
}
