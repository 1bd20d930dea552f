import type { FaultRow } from './row.js';
import { accessFaults } from './rows/access.js';
import { channelFaults } from './rows/channel.js';
import { inputFaults } from './rows/input.js';
import { internalFaults } from './rows/internal.js';
import { queueFaults } from './rows/queue.js';
import { stateFaults } from './rows/state.js';
import { storeFaults } from './rows/store.js';

/**
 * Every way to fail, by code (`area/what-is-so`). A code, once released, keeps its meaning for ever.
 *
 * To add one, add a row to the file of its area; types, HTTP answers and docs follow.
 */
export const faults = {
  ...inputFaults,
  ...accessFaults,
  ...stateFaults,
  ...channelFaults,
  ...storeFaults,
  ...queueFaults,
  ...internalFaults,
} as const satisfies Record<string, FaultRow>;

/** A code of the registry, for example `channel/throttled`. */
export type FaultCode = keyof typeof faults;

/** All codes, in the order of the registry; never empty. */
export const faultCodes = Object.keys(faults) as readonly FaultCode[];

/** Says whether a string is a code of the registry. */
export function isFaultCode(text: string): text is FaultCode {
  return Object.hasOwn(faults, text);
}
