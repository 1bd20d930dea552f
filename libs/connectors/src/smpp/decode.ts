import type { InboundEvent } from '#libs/model';
import type { PDU } from 'smpp';
import type { DecodedEvent } from '../connector.js';
import { ignoredEvent } from '../shared/ignored-event.js';
import { inboundSms } from '../shared/sms/inbound-sms.js';
import { toE164 } from '../shared/sms/phone.js';
import type { SmppSettings } from './manifest.js';
import { receiptOf } from './receipt.js';
import { decodeSms, partOfUdh, splitUdh, type PartOf } from './text.js';
import { isReceiptClass, ton, UDH_INDICATOR } from './wire.js';

/**
 * What the SMSC delivered (`deliver_sm`, `data_sm`) as an event. Pure; never throws.
 *
 * @param key  by which the same message is known when it comes again
 */
export function decodePdu(pdu: PDU, key: string, settings: SmppSettings): DecodedEvent {
  const raw = Buffer.from(JSON.stringify(plainPdu(pdu)));
  const made = eventOf(pdu, key, settings);
  return typeof made === 'string' ? ignoredEvent(raw, made) : { event: made, raw };
}

/** A PDU as JSON: bytes in hexadecimal. */
export function plainPdu(pdu: PDU): Record<string, string | number> {
  const entries = Object.entries(pdu as unknown as Record<string, unknown>).flatMap(
    ([name, value]): [string, string | number][] => {
      if (Buffer.isBuffer(value)) return value.length > 0 ? [[name, value.toString('hex')]] : [];
      return (typeof value === 'string' && value !== '') || typeof value === 'number' ? [[name, value]] : [];
    },
  );
  return Object.fromEntries(entries);
}

function eventOf(pdu: PDU, key: string, settings: SmppSettings): InboundEvent | string {
  const { text, part } = messageIn(pdu, settings);
  const from = numberOf(pdu.source_addr ?? '', pdu.source_addr_ton ?? 0, settings);
  if (isReceiptClass(pdu.esm_class ?? 0) || pdu.receipted_message_id) {
    return receiptOf(pdu, text ?? '', from || 'unknown', settings);
  }
  if (text === null) return `a message in coding ${pdu.data_coding ?? 0}, which is no text`;
  const to = numberOf(pdu.destination_addr ?? '', pdu.dest_addr_ton ?? 0, settings);
  return inboundSms({ id: key, from, to, text, part }, settings) ?? 'an empty message';
}

function messageIn(pdu: PDU, settings: SmppSettings): { text: string | null; part: PartOf | null } {
  const bytes = pdu.short_message?.length ? pdu.short_message : (pdu.message_payload ?? Buffer.alloc(0));
  const hasUdh = ((pdu.esm_class ?? 0) & UDH_INDICATOR) !== 0;
  const split = hasUdh ? splitUdh(bytes) : { udh: new Uint8Array(), text: bytes };
  const text = decodeSms(split.text, pdu.data_coding ?? 0, settings.default_alphabet);
  return { text, part: partOfUdh(split.udh) ?? partOfTlvs(pdu) };
}

function partOfTlvs(pdu: PDU): PartOf | null {
  const { sar_msg_ref_num: ref, sar_segment_seqnum: part, sar_total_segments: total } = pdu;
  return ref === undefined || part === undefined || total === undefined
    ? null
    : { ref: `sar.${ref}`, part, total };
}

/** International numbers come with and without a plus. */
function numberOf(address: string, type: number, { country }: SmppSettings): string {
  if (type === ton.alphanumeric) return address.trim();
  const isWhole = type === ton.international && /^[1-9]\d{6,14}$/.test(address);
  return toE164(isWhole ? `+${address}` : address, country);
}
