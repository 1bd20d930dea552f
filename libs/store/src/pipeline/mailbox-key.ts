import type { InboundEvent, SignalEvent } from '#libs/model';

/** Receipts of a channel are spread over so many mailboxes: in order per send, and never behind a slow turn. */
const RECEIPT_LANES = 16;

/** FNV-1a: spreads texts evenly; nothing depends on it being hard to guess. */
export function spread(text: string, over: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % over;
}

/**
 * The mailbox an event belongs to: `t:<thread>` for what is said in a conversation, `r:<lane>` for receipts.
 *
 * @returns null for events that no mailbox handles
 */
export function mailboxKeyOf(event: InboundEvent | SignalEvent): string | null {
  switch (event.kind) {
    case 'ignored':
    case 'typing':
      return null;
    case 'receipt':
      return `r:${spread(event.provider_ref, RECEIPT_LANES)}`;
    default:
      return `t:${event.thread}`;
  }
}
