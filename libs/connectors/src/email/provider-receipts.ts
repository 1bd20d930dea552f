import type { InboundEvent, ReceiptStatus } from '#libs/model';
import { readOwnId } from '../shared/mail/thread.js';

/** What a provider says became of a mail. */
export interface ProviderReceipt {
  key: string;
  /** What `deliver` gave back. */
  ref: string;
  status: ReceiptStatus;
  /** Milliseconds since 1970; null when it does not say. */
  at: number | null;
  error: { name: string; code: string; message: string };
}

/** A receipt in Parley's words; the error counts only for failures. */
export function receiptEvent({ key, ref, status, at, error }: ProviderReceipt): InboundEvent {
  const own = readOwnId(ref);
  return {
    kind: 'receipt',
    event_key: key.slice(0, 512),
    thread: ref.slice(0, 512),
    ...(at !== null && Number.isFinite(at) && { sent_at: new Date(at).toISOString() }),
    provider_ref: ref.slice(0, 512),
    ...(own && { key: own.key.slice(0, 128) }),
    status,
    ...(status === 'failed' && {
      error: { name: error.name, code: error.code.slice(0, 64), message: error.message.slice(0, 1_000) },
    }),
  };
}
