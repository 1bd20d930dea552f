import { fault } from '#libs/faults';
import type { Destination, Io, Receipt } from '../connector.js';
import { readHistory } from './history.js';
import type { SlackSettings } from './manifest.js';
import { messageIdOf, placeOf, tsOf } from './place.js';
import { carries, timeOfKey } from './reference.js';

/** Our clock and Slack's may differ by so much, in milliseconds. */
const CLOCKS_MS = 120_000;
/** Up to 200 messages each. */
const PAGES_MAX = 50;

/**
 * Looks for the message that carries the key, among those since the key was made.
 *
 * @returns null when the history does not hold it
 * @throws the faults of `callSlack`; `channel/unreachable` when it cannot be read to its end
 */
export async function lookup(key: string, to: Destination, io: Io<SlackSettings>): Promise<Receipt | null> {
  const place = placeOf(to.thread);
  const made = timeOfKey(key);
  const oldest = made === null ? undefined : tsOf(made - CLOCKS_MS);
  for await (const { kept, isLast } of readHistory(
    place,
    { oldest, withMetadata: true, pagesMax: PAGES_MAX },
    io,
  )) {
    const found = kept.find(({ message }) => carries(message, key));
    if (found) return { providerRef: messageIdOf(place.channel, found.message.ts) };
    if (isLast) return null;
  }
  throw fault('channel/unreachable', {
    detail: 'So much was written since that the message may stand further back.',
  });
}
