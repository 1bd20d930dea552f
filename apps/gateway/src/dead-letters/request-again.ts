import type { HookRequest } from '#libs/connectors';

/**
 * A stored body as the request that it was, as far as reading it goes: of the headers of then, only the kind of content
 * matters to a connector, and the bytes show it.
 *
 * @param at  when it was received, in milliseconds since 1970
 */
export function requestAgain(body: Uint8Array, at: number): HookRequest {
  const headers = { 'content-type': contentTypeOf(body) };
  return { method: 'POST', url: '', query: {}, headers, body, receivedAt: at };
}

function contentTypeOf(body: Uint8Array): string {
  const [first = ''] = Buffer.from(body.subarray(0, 200)).toString('latin1').trimStart().split(/\r?\n/, 1);
  if (/^[[{]/.test(first)) return 'application/json';
  const boundary = /^--(\S{1,70})$/.exec(first)?.[1];
  if (boundary !== undefined) return `multipart/form-data; boundary="${boundary}"`;
  return 'application/x-www-form-urlencoded';
}
