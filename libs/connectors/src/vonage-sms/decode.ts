import { fault } from '#libs/faults';
import type { InboundEvent, InboundReceipt, ReceiptStatus } from '#libs/model';
import type { Decoded, HookRequest } from '../connector.js';
import { fieldsOf } from '../shared/form.js';
import { ignoredEvent } from '../shared/ignored-event.js';
import { inboundSms } from '../shared/sms/inbound-sms.js';
import type { VonageSmsSettings } from './manifest.js';
import { requestFields } from './request-fields.js';
import { DeliveryReceipt, InboundSms } from './wire.js';

/**
 * One message, one part of a long one, or one receipt in each request.
 *
 * @throws Fault `input/invalid` when it has no fields at all
 */
export function decode(request: HookRequest, settings: VonageSmsSettings): Decoded {
  const fields = fieldsOf(Object.entries(requestFields(request)));
  if (!('messageId' in fields) && !('msisdn' in fields) && !('sig' in fields)) {
    throw fault('input/invalid', { detail: 'The request is none of the SMS API: it names no message.' });
  }
  const raw = request.method === 'GET' ? Buffer.from(JSON.stringify(fields)) : request.body;
  const made = eventOf(fields, settings);
  return {
    events: [typeof made === 'string' ? ignoredEvent(raw, made) : { event: made, raw }],
    reply: { status: 200 },
  };
}

/** @returns the event, or why there is none */
function eventOf(fields: Record<string, string>, settings: VonageSmsSettings): InboundEvent | string {
  const owner = fields['api-key'];
  if (owner !== undefined && owner !== settings.api_key) return 'for another account';
  if (fields['type'] === 'binary') return 'a binary message';
  const message = InboundSms.safeParse(fields);
  if (message.success) return messageOf(message.data, settings);
  const receipt = DeliveryReceipt.safeParse(fields);
  return receipt.success ? receiptOf(receipt.data) : 'neither a message nor a receipt';
}

function messageOf(sms: InboundSms, settings: VonageSmsSettings): InboundEvent | string {
  const { 'concat-ref': ref, 'concat-part': part, 'concat-total': total } = sms;
  const isPart = ref !== undefined && part !== undefined && total !== undefined && total > 1;
  const message = {
    id: isPart ? `${sms.messageId}:${part}` : sms.messageId,
    from: withPlus(sms.msisdn),
    to: withPlus(sms.to),
    text: sms.text,
    sentAt: timeOf(sms['message-timestamp']),
    part: isPart ? { ref, part, total } : null,
  };
  return inboundSms(message, settings) ?? 'an empty message';
}

/** Vonage writes numbers with their country code, without a plus. */
const withPlus = (number: string): string => (/^[1-9]\d{8,14}$/.test(number) ? `+${number}` : number);

/** `2020-01-01 12:00:00`, in UTC. */
function timeOf(text: string | undefined): string | undefined {
  const time = Date.parse(`${text?.replace(/[ +]/, 'T')}Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  accepted: 'sent',
  buffered: 'sent',
  delivered: 'delivered',
  expired: 'failed',
  failed: 'failed',
  rejected: 'failed',
};

function receiptOf(receipt: DeliveryReceipt): InboundReceipt | string {
  const status = STATUSES[receipt.status];
  if (status === undefined) return `nothing is known yet: ${receipt.status}`;
  const code = receipt['err-code'] ?? receipt.status;
  const key = receipt['client-ref'];
  return {
    kind: 'receipt',
    event_key: `${receipt.messageId}:${receipt.status}`,
    thread: withPlus(receipt.msisdn) || receipt.messageId,
    provider_ref: receipt.messageId,
    status,
    ...(key !== undefined && key !== '' && { key: key.slice(0, 128) }),
    ...(status === 'failed' && {
      error: { name: 'vonage-sms', code: code.slice(0, 64), message: WORDS[code] ?? receipt.status },
    }),
  };
}

/** @see https://developer.vonage.com/messaging/sms/guides/delivery-receipts (read 2026-11-21) */
const WORDS: Readonly<Record<string, string>> = {
  '1': 'The network gave no reason.',
  '2': 'The phone cannot be reached for the moment.',
  '3': 'The number is no longer in use.',
  '4': 'The person has blocked messages.',
  '5': 'The number was moved to another network, and the route is wrong.',
  '6': "The network's filter took it for unwanted.",
  '7': 'The phone was busy.',
  '8': 'The network failed.',
  '9': 'The number may not get such messages.',
  '10': 'The content is not allowed.',
  '11': 'There is no route to the number.',
  '12': 'The number cannot be reached.',
  '13': 'The person is too young for the content.',
  '14': 'The network has blocked the number.',
  '15': 'The person has no funds left.',
  '99': 'Something else is wrong with the route, the number or the network.',
};
