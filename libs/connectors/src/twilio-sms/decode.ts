import { fault } from '#libs/faults';
import type { InboundEvent, InboundReceipt, ReceiptStatus } from '#libs/model';
import type { Decoded, HookRequest } from '../connector.js';
import { fieldsOf, readForm } from '../shared/form.js';
import { ignoredEvent } from '../shared/ignored-event.js';
import { parseJson } from '../shared/parse-json.js';
import { inboundSms } from '../shared/sms/inbound-sms.js';
import type { Keyword } from '../shared/sms/keywords.js';
import { toE164 } from '../shared/sms/phone.js';
import type { TwilioSmsSettings } from './manifest.js';
import { mediaContent } from './media.js';
import { IncomingMessage, StatusCallback } from './wire.js';

/** Twilio takes what is in the answer as a reply: this one is empty. */
const reply = {
  status: 200,
  headers: { 'content-type': 'text/xml; charset=utf-8' },
  body: '<?xml version="1.0" encoding="UTF-8"?><Response/>',
};

/**
 * One message or one status in each request; where the number is set to GET, it stands in the query.
 *
 * @throws Fault `input/invalid` when it is neither a form nor, under `bodySHA256`, JSON
 */
export function decode(request: HookRequest, settings: TwilioSmsSettings): Decoded {
  const fields = fieldsIn(request);
  const raw = request.method === 'GET' ? Buffer.from(JSON.stringify(fields)) : request.body;
  const made = eventOf(fields, request.query['key'], settings);
  return { events: [typeof made === 'string' ? ignoredEvent(raw, made) : { event: made, raw }], reply };
}

function fieldsIn({ method, body, query }: HookRequest): Record<string, unknown> {
  if (method === 'GET') return fieldsOf(Object.entries(query));
  const fields = query['bodySHA256'] === undefined ? fieldsOf(readForm(body)) : parseJson(body);
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields) && 'AccountSid' in fields) {
    return { ...fields };
  }
  throw fault('input/invalid', { detail: 'The body is no request of Twilio: it names no AccountSid.' });
}

/** @returns the event, or why there is none */
function eventOf(
  fields: Record<string, unknown>,
  key: string | undefined,
  settings: TwilioSmsSettings,
): InboundEvent | string {
  if (fields['AccountSid'] !== settings.account_sid) return 'for another account';
  const status = StatusCallback.safeParse(fields);
  if (status.success) return receiptOf(status.data, key);
  const message = IncomingMessage.safeParse(fields);
  return message.success ? messageOf(message.data, settings) : 'neither a message nor a status of one';
}

function messageOf(message: IncomingMessage, settings: TwilioSmsSettings): InboundEvent | string {
  if (/^[a-z]+:/i.test(message.From)) return `no SMS: from ${message.From.split(':')[0]}`;
  const sms = {
    id: message.MessageSid,
    from: message.From,
    to: message.To,
    text: message.Body,
    media: mediaOf(message),
    keyword: (message.OptOutType?.toLowerCase() ?? null) as Keyword | null,
  };
  return inboundSms(sms, settings) ?? 'an empty message';
}

function mediaOf(message: IncomingMessage) {
  return Array.from({ length: message.NumMedia }, (_, index) => {
    const [url, type] = [message[`MediaUrl${index}`], message[`MediaContentType${index}`]];
    return mediaContent(String(url), typeof type === 'string' ? type : undefined);
  }).filter((content) => content !== null);
}

const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  sent: 'sent',
  delivered: 'delivered',
  partially_delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
  canceled: 'failed',
};

function receiptOf(callback: StatusCallback, key: string | undefined): InboundReceipt | string {
  const status = STATUSES[callback.MessageStatus];
  if (status === undefined) return `still on its way: ${callback.MessageStatus}`;
  const code = callback.ErrorCode ?? '';
  return {
    kind: 'receipt',
    event_key: `${callback.MessageSid}:${callback.MessageStatus}`,
    thread: toE164(callback.To) || callback.MessageSid,
    provider_ref: callback.MessageSid,
    status,
    ...(key !== undefined && key !== '' && { key: key.slice(0, 128) }),
    ...(status === 'failed' && {
      error: {
        name: 'twilio-sms',
        code: code || callback.MessageStatus,
        message: WORDS[code] ?? callback.MessageStatus,
      },
    }),
  };
}

/** @see https://www.twilio.com/docs/api/errors (read 2026-11-21) */
const WORDS: Readonly<Record<string, string>> = {
  '21610': 'The person has opted out of messages from this sender.',
  '30001': 'The queue of the sender overflowed.',
  '30002': 'The account was suspended after the message was accepted.',
  '30003': 'The phone cannot be reached: off, out of range, or not able to receive.',
  '30004': 'The message is blocked: by the person, the network, or a list.',
  '30005': 'The number is unknown or no longer in use.',
  '30006': 'A landline, or a network that cannot be reached.',
  '30007': "The network's filter took it for unwanted.",
  '30008': 'The network gave no reason.',
  '30034': 'The US number is not registered (A2P 10DLC).',
  '63016': 'Outside of the window in which free text may be sent.',
};
