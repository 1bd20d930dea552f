import type { InboundReceipt, ReceiptStatus } from '#libs/model';
import type { PDU } from 'smpp';
import type { SmppSettings } from './manifest.js';

/** States as the TLV `message_state` writes them. @see SMPP 3.4 §5.2.28 (read 2026-11-21) */
const STATES = ['', 'ENROUTE', 'DELIVRD', 'EXPIRED', 'DELETED', 'UNDELIV', 'ACCEPTD', 'UNKNOWN', 'REJECTD'];
const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  ENROUTE: 'sent',
  ACCEPTD: 'sent',
  DELIVRD: 'delivered',
  EXPIRED: 'failed',
  DELETED: 'failed',
  UNDELIV: 'failed',
  REJECTD: 'failed',
};
const WORDS: Readonly<Record<string, string>> = {
  EXPIRED: 'The network could not deliver it in time.',
  DELETED: 'It was deleted at the SMSC.',
  UNDELIV: 'The network cannot deliver it.',
  REJECTD: 'The network rejected it.',
};

/**
 * A receipt as an event: by its TLVs where it has them, else by the text that carriers write.
 *
 * @param text  like `id:12 sub:001 dlvrd:001 submit date:… done date:… stat:DELIVRD err:000 text:…`
 * @returns the event, or why there is none
 * @see SMPP 3.4 appendix B (read 2026-11-21)
 */
export function receiptOf(
  pdu: PDU,
  text: string,
  thread: string,
  settings: SmppSettings,
): InboundReceipt | string {
  const id = pdu.receipted_message_id || /\bid:\s*(\S+)/i.exec(text)?.[1];
  const said = STATES[pdu.message_state ?? 0] || (/\bstat:\s*([A-Z]+)/i.exec(text)?.[1] ?? '');
  const state = said.toUpperCase().slice(0, 7);
  const status = STATUSES[state];
  if (id === undefined || id === '') return 'a receipt that names no message';
  if (status === undefined) return `a receipt that says nothing: ${state || 'no state'}`;
  const ref = refInReceipt(id, settings);
  const error = /\berr:\s*(\S+)/i.exec(text)?.[1];
  return {
    kind: 'receipt',
    event_key: `${ref}:${state}`.slice(0, 512),
    thread,
    provider_ref: ref,
    status,
    ...(status === 'failed' && {
      error: { name: 'smpp', code: (error ?? state).slice(0, 64), message: WORDS[state] ?? state },
    }),
  };
}

/** The id that a send was given, as receipts are known by it. */
export function refOfSend(messageId: string, { receipt_ids }: SmppSettings): string {
  return receipt_ids === 'same' ? messageId : numberIn(messageId, receipt_ids === 'decimal' ? 16 : 10);
}

function refInReceipt(messageId: string, { receipt_ids }: SmppSettings): string {
  const ref = receipt_ids === 'same' ? messageId : numberIn(messageId, receipt_ids === 'decimal' ? 10 : 16);
  return ref.slice(0, 512);
}

/** The number that digits are, in decimal; the digits as they are when they are none of that base. */
function numberIn(digits: string, base: 10 | 16): string {
  const isNumber = base === 16 ? /^[0-9a-f]{1,64}$/i.test(digits) : /^\d{1,80}$/.test(digits);
  return isNumber ? BigInt(base === 16 ? `0x${digits}` : digits).toString() : digits;
}
