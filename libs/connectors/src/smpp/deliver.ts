import { fault } from '#libs/faults';
import type { Receipt } from '../connector.js';

/**
 * Sends go over the connection alone.
 *
 * @throws Fault `channel/not-connected`, always
 */
export function deliver(): Promise<Receipt> {
  return Promise.reject(
    fault('channel/not-connected', { detail: 'This channel sends over its connection to the SMSC only.' }),
  );
}
