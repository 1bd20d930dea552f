import type { EgressFetch, EgressResponse, FetchedMedia } from '#libs/connectors';
import { fault } from '#libs/faults';

const REDIRECTS_MAX = 3;
const FETCH_MS = 60_000;

/**
 * Fetches a public file: every address on the way is judged by the egress client, and nothing but the address is sent.
 *
 * @throws Fault `channel/unreachable`, `channel/outcome-unknown`; `channel/rejected` when there is no such file
 */
export async function fetchFile(
  url: string,
  egress: EgressFetch,
  { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal },
): Promise<FetchedMedia> {
  let address = url;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
    const answer = await egress(address, { maxBytes, timeoutMs: FETCH_MS, ...(signal && { signal }) });
    if (answer.status === 200) return fileOf(answer, address);
    if (answer.status < 300 || answer.status >= 400) throw refusal(answer.status);
    const next = answer.headers['location'] ?? '';
    if (!URL.canParse(next, address)) throw refusal(answer.status);
    address = new URL(next, address).href;
  }
  throw fault('channel/rejected', { detail: `The file is behind more than ${REDIRECTS_MAX} redirects.` });
}

function fileOf({ body, headers }: EgressResponse, address: string): FetchedMedia {
  const mimeType = headers['content-type'];
  const fileName = nameIn(new URL(address).pathname);
  return { bytes: body, ...(mimeType !== undefined && { mimeType }), ...(fileName && { fileName }) };
}

function refusal(status: number): Error {
  const detail = `The file cannot be fetched (HTTP ${status}).`;
  return fault(
    status >= 500 || status === 429 || status === 408 ? 'channel/unreachable' : 'channel/rejected',
    { detail },
  );
}

function nameIn(pathname: string): string {
  const last = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
