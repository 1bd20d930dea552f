import { isId, uuidOf } from '#libs/model';
import type { WireMessage } from './wire.js';

/** Under which our messages carry their key. */
const EVENT_TYPE = 'parley_delivery';

/**
 * How a message of ours carries its key, so that it can be found again.
 *
 * @see https://api.slack.com/metadata/using (read 2026-11-21)
 */
export function referenceOf(key: string) {
  return { metadata: { event_type: EVENT_TYPE, event_payload: { key } }, blockId: `parley:${key}` };
}

/** Whether a message of a history carries this key. */
export function carries({ metadata, blocks }: WireMessage, key: string): boolean {
  if (metadata?.event_type === EVENT_TYPE && metadata.event_payload?.['key'] === key) return true;
  const { blockId } = referenceOf(key);
  return Array.isArray(blocks) && blocks.some((block: unknown) => nameOf(block) === blockId);
}

const nameOf = (block: unknown): unknown =>
  typeof block === 'object' && block !== null ? (block as Record<string, unknown>)['block_id'] : undefined;

/** When a key was made, in milliseconds since 1970, where it is an id of a delivery: nothing was sent before. */
export function timeOfKey(key: string): number | null {
  if (!isId('delivery', key)) return null;
  return Number.parseInt(uuidOf(key).replaceAll('-', '').slice(0, 12), 16);
}
