import { fault, toFault } from '#libs/faults';
import type { Check, Destination, Io, Part, Receipt } from '../../connector.js';
import { faultOfStatus } from '../../shared/fault-of-status.js';
import type { ToySettings } from './manifest.js';
import { Said, Words } from './wire.js';

/**
 * One call to `POST /sayings`; `toy-once` is the key, by which the provider recognises a repetition.
 *
 * @throws Fault `channel/throttled`, `channel/unreachable`, `channel/outcome-unknown`, `channel/rejected`, `channel/credentials`
 */
export async function deliver(
  part: Part,
  to: Destination,
  key: string,
  io: Io<ToySettings>,
): Promise<Receipt> {
  const { words } = Words.parse(part.body);
  const answer = await io.fetch(`${io.settings.base_url}/sayings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'toy-key': io.settings.api_key, 'toy-once': key },
    body: JSON.stringify({ user: to.address?.value ?? to.thread, words }),
    signal: io.signal,
  });
  if (answer.status !== 200) {
    throw faultOfStatus(answer, { name: 'toy', now: io.now(), serverError: 'channel/unreachable' });
  }
  const said = Said.safeParse(jsonOf(answer.text()));
  if (!said.success) throw fault('channel/outcome-unknown', { detail: 'The answer has no reference.' });
  return { providerRef: said.data.ref };
}

/** Whether the API answers; asks for nothing and sends nothing. */
export async function check(io: Io<ToySettings>): Promise<Check> {
  try {
    await io.fetch(io.settings.base_url, { method: 'HEAD', signal: io.signal });
    return { state: 'healthy', reason: 'The provider answers.' };
  } catch (thrown) {
    const { detail } = toFault(thrown);
    return { state: 'down', reason: `${detail} Check base_url.`, fields: { base_url: detail } };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
