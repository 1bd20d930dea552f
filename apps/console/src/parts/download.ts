import { send } from '../api/call.js';
import { Problem } from '../api/problem.js';

/** Hands a file to whoever sits before the screen. */
export function download(content: Blob, fileName: string): void {
  const url = URL.createObjectURL(content);
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName });
  link.click();
  URL.revokeObjectURL(url);
}

/**
 * Fetches a file as whoever is signed in, and hands it on.
 *
 * @throws Problem  when there is none
 */
export async function downloadFrom(
  path: string,
  fileName: string,
  query: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await send('GET', path, { query, headers: { accept: '*/*' } });
  if (!answer.ok) {
    throw new Problem(answer.status, (await answer.json().catch(() => ({}))) as object, answer.headers);
  }
  download(await answer.blob(), fileName);
}
