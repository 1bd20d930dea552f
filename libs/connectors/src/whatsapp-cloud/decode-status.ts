import type { InboundEvent, ReceiptStatus } from '#libs/model';
import { timeOf } from './time.js';
import { WireStatus } from './wire.js';

const statuses: Readonly<Record<string, ReceiptStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'read',
  failed: 'failed',
};

/** @returns why there is no event, where there is none */
export function decodeStatus(item: unknown): InboundEvent | string {
  const parsed = WireStatus.safeParse(item);
  if (!parsed.success) return 'a status that lacks what every status has';
  const { id, status, timestamp, recipient_id, biz_opaque_callback_data: key, errors } = parsed.data;
  const known = Object.hasOwn(statuses, status) ? statuses[status] : undefined;
  if (!known) return `status ${status}`;
  const [error] = errors ?? [];
  return {
    kind: 'receipt',
    event_key: `s:${id}:${status}`,
    thread: recipient_id ? `+${recipient_id}` : 'unknown',
    provider_ref: id,
    status: known,
    ...timeOf(timestamp),
    ...(key && { key: key.slice(0, 128) }),
    ...(error && {
      error: {
        name: 'whatsapp-cloud',
        code: String(error.code),
        message: (error.error_data?.details ?? error.message ?? error.title ?? '').slice(0, 1_000),
      },
    }),
  };
}
