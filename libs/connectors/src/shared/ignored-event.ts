import { createHash } from 'node:crypto';
import type { DecodedEvent } from '../connector.js';

/** A genuine request that says nothing for us, kept with its reason; the same bytes are one event. */
export function ignoredEvent(raw: Uint8Array, reason: string): DecodedEvent {
  const event_key = `ignored:${createHash('sha256').update(raw).digest('hex')}`;
  return { event: { kind: 'ignored', event_key, reason: reason.slice(0, 500) }, raw };
}
