import type { EgressFetch } from '#libs/connectors';
import { fault } from '#libs/faults';
import { readingLimits, type Readable } from './document.js';

const REDIRECTS_MAX = 5;
const FETCH_MS = 30_000;
/** Says who reads, so that the owner of a page can tell. */
const AGENT = 'Parley (knowledge)';

/** A page as it was found; null when it is as it was the last time. */
export type FetchedPage = (Readable & { etag: string | null; modified: string | null }) | null;

/**
 * Fetches a page. Every address on the way is judged by the egress client.
 *
 * @param known  tag and time of the last reading, so that an unchanged page is not sent again
 * @throws Fault `channel/unreachable`, `channel/outcome-unknown`, `channel/throttled`; `channel/rejected` when there is
 *   no such page or it may not be read by everyone
 */
export async function fetchPage(
  url: string,
  known: { etag: string | null; modified: string | null },
  egress: EgressFetch,
  signal: AbortSignal,
): Promise<FetchedPage> {
  const headers = {
    accept: 'text/html, text/markdown, text/plain, application/pdf, text/csv;q=0.9, */*;q=0.5',
    'user-agent': AGENT,
    ...(known.etag !== null && { 'if-none-match': known.etag }),
    ...(known.etag === null && known.modified !== null && { 'if-modified-since': known.modified }),
  };
  let address = url;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const maxBytes = readingLimits.bytesMax;
    const answer = await egress(address, { headers, maxBytes, timeoutMs: FETCH_MS, signal });
    if (answer.status === 304) return null;
    if (answer.status === 200) {
      return {
        bytes: answer.body,
        mimeType: answer.headers['content-type'] ?? null,
        fileName: null,
        url: address,
        etag: answer.headers['etag'] ?? null,
        modified: answer.headers['last-modified'] ?? null,
      };
    }
    const next = answer.headers['location'] ?? '';
    if (answer.status < 300 || answer.status >= 400 || !URL.canParse(next, address))
      throw refusal(answer.status);
    address = new URL(next, address).href;
  }
  throw fault('channel/rejected', { detail: `The page is behind more than ${REDIRECTS_MAX} redirects.` });
}

function refusal(status: number): Error {
  if (status === 429)
    return fault('channel/throttled', { detail: 'The page is asked for too often (HTTP 429).' });
  if (status >= 500 || status === 408)
    return fault('channel/unreachable', {
      detail: `The page is not available at the moment (HTTP ${status}).`,
    });
  const why = status === 401 || status === 403 ? ': it is not open to everyone' : '';
  return fault('channel/rejected', { detail: `The page cannot be read (HTTP ${status})${why}.` });
}
