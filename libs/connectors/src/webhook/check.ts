import { toFault } from '#libs/faults';
import type { Check, Io } from '../connector.js';
import type { WebhookSettings } from './manifest.js';

/** Whether the receiver answers at all: a HEAD request to the url, whose status does not matter. */
export async function check(io: Io<WebhookSettings>): Promise<Check> {
  const { host } = new URL(io.settings.url);
  try {
    const { status } = await io.fetch(io.settings.url, { method: 'HEAD', signal: io.signal });
    return { state: 'healthy', reason: `${host} answers (HTTP ${status}).` };
  } catch (thrown) {
    const { detail } = toFault(thrown);
    return {
      state: 'down',
      reason: `${detail} Nothing can be sent until it answers: check the url, the receiver and the network.`,
      fields: { url: detail },
    };
  }
}
