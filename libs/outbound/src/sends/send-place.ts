import { connectorOf } from '#libs/connectors';
import type { Address } from '#libs/model';
import type { ContactPlace, LoadedChannel } from '#libs/store';

/** Where a first message to somebody goes. */
export interface FirstPlace {
  thread: string;
  address: Address;
}

/**
 * Where a contact who has no conversation on a channel is written to: their first address that the channel reaches. Pure.
 *
 * @returns null when it reaches none of them
 */
export function firstPlaceOf(channel: LoadedChannel, { addresses }: ContactPlace): FirstPlace | null {
  const { outbound } = connectorOf(channel.connector);
  for (const address of addresses) {
    const thread = outbound.threadOf?.(address, channel.settings) ?? null;
    if (thread !== null) return { thread, address };
  }
  return null;
}
