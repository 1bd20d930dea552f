import { ConnectionError, type Parley, TimeoutError } from '#libs/sdk';
import type { Finding } from './finding.js';

const CLOCK_MS = 60_000;

/** Looks at the gateway: whether somebody answers, whether it is ready, and whether its clock goes as ours. */
export async function ofServer(parley: Parley): Promise<Finding[]> {
  const { baseUrl } = parley.options;
  try {
    const { data, error, response } = await parley.http.GET('/readyz');
    return [
      { what: 'address', state: 'well', words: baseUrl },
      ofReadiness(response.ok, data ?? error),
      ofClock(Date.parse(response.headers.get('date') ?? '') - Date.now()),
    ];
  } catch (error) {
    const isAway =
      error instanceof ConnectionError || error instanceof TimeoutError || error instanceof TypeError;
    const why = isAway ? 'nobody answers there' : String(error);
    const action = 'See whether Parley runs, or name another address with PARLEY_URL or --url.';
    return [{ what: 'address', state: 'wrong', words: `${baseUrl}: ${why}.`, action }];
  }
}

function ofReadiness(isReady: boolean, said: Record<string, unknown> = {}): Finding {
  const { status, database, queue, detail } = said;
  if (!isReady) {
    const words = typeof detail === 'string' ? detail : 'The gateway takes no requests.';
    return { what: 'readiness', state: 'wrong', words, action: 'See whether the database can be reached.' };
  }
  const words = `${String(status)}; database ${String(database)}, queue ${String(queue)}`;
  if (status === 'ready') return { what: 'readiness', state: 'well', words };
  return {
    what: 'readiness',
    state: 'warning',
    words: `${words}: the sweeps carry the load, and answers come up to two seconds later.`,
    action: 'See whether Redis can be reached.',
  };
}

function ofClock(aheadMs: number): Finding {
  const words = `${Math.round(aheadMs / 1_000)} s ahead of this machine`;
  if (!(Math.abs(aheadMs) > CLOCK_MS)) return { what: 'clock', state: 'well', words };
  const action = 'Set both clocks by NTP: signatures that are five minutes off are refused.';
  return { what: 'clock', state: 'wrong', words, action };
}
