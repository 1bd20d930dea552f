import { fault } from '#libs/faults';
import type { InboundEvent, InboundReceipt, ReceiptStatus } from '#libs/model';
import type { Decoded, HookRequest } from '../connector.js';
import { fieldsOf } from '../shared/form.js';
import { ignoredEvent } from '../shared/ignored-event.js';
import { inboundSms } from '../shared/sms/inbound-sms.js';
import type { KannelSettings } from './manifest.js';
import { rawQuery } from './raw-query.js';
import { Incoming, Report, type Incoming as IncomingSms } from './wire.js';

/** Empty, because Kannel sends what is in the answer as an SMS. */
const reply = { status: 200, headers: { 'content-type': 'text/plain' }, body: '' };

/**
 * One message or one delivery report in each request.
 *
 * @throws Fault `input/invalid` for a POST, whose fields Kannel puts elsewhere
 */
export function decode(request: HookRequest, settings: KannelSettings): Decoded {
  if (request.method !== 'GET')
    throw fault('input/invalid', { detail: 'Only get-url is understood, not post-url.' });
  const query = rawQuery(request.url);
  const fields = fieldsOf([...query].map(([name, value]) => [name, value.toString('utf8')]));
  const raw = Buffer.from(JSON.stringify(withoutSecrets(fields, query.get('text'))));
  const made = eventOf(fields, query.get('text') ?? Buffer.alloc(0), settings);
  return { events: [typeof made === 'string' ? ignoredEvent(raw, made) : { event: made, raw }], reply };
}

/** What is kept of a request: the text as the bytes that came, and nothing that opens the door again. */
function withoutSecrets(fields: Record<string, string>, text: Buffer | undefined): Record<string, string> {
  const { secret: _, proof: __, text: ___, ...rest } = fields;
  return { ...rest, ...(text && { text: text.toString('base64') }) };
}

/** @returns the event, or why there is none */
function eventOf(
  fields: Record<string, string>,
  text: Buffer,
  settings: KannelSettings,
): InboundEvent | string {
  // A proof is good for reports alone: whoever knows one cannot speak for a person.
  if ('proof' in fields) {
    const report = Report.safeParse(fields);
    return report.success ? receiptOf(report.data) : 'no delivery report';
  }
  const message = Incoming.safeParse(fields);
  return message.success
    ? messageOf(message.data, text, settings)
    : 'neither a message nor a delivery report';
}

function messageOf(sms: IncomingSms, bytes: Buffer, settings: KannelSettings): InboundEvent | string {
  if (sms.coding === '1') return 'a binary message';
  const seconds = Number(sms.time);
  const sentAt = /^\d{9,11}$/.test(sms.time ?? '') ? new Date(seconds * 1_000).toISOString() : undefined;
  const { id, from, to } = sms;
  return inboundSms({ id, from, to, text: textIn(bytes, sms), sentAt }, settings) ?? 'an empty message';
}

function textIn(bytes: Buffer, { coding, charset }: IncomingSms): string {
  const isUtf16 = coding === '2' || /^(utf-?16|ucs-?2)/i.test(charset);
  const text = isUtf16
    ? Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le')
    : bytes.toString(/^(iso-8859-1|latin-?1)$/i.test(charset) ? 'latin1' : 'utf8');
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\ufffd');
}

const STATUSES: Readonly<Record<string, ReceiptStatus>> = {
  '1': 'delivered',
  '2': 'failed',
  '4': 'sent',
  '8': 'sent',
  '16': 'failed',
};

function receiptOf({ key, type, answer }: Report): InboundReceipt | string {
  const status = STATUSES[type];
  if (status === undefined) return `a report of the kind ${type}, which says nothing`;
  return {
    kind: 'receipt',
    event_key: `${key}:${type}`,
    thread: key,
    provider_ref: key,
    status,
    key,
    ...(status === 'failed' && { error: errorIn(answer, type) }),
  };
}

/** `NACK/0x0000000b/Invalid Destination Address` from an SMSC that rejects, else the text of its receipt. */
function errorIn(answer: string, type: string): NonNullable<InboundReceipt['error']> {
  const [, code, words] = /^NACK\/([^/]+)\/(.*)$/s.exec(answer) ?? [];
  const stated = /\bstat:(\S+)(?:.*\berr:(\S+))?/i.exec(answer);
  return {
    name: 'kannel',
    code: (code ?? stated?.[2] ?? `dlr ${type}`).slice(0, 64),
    message: (words || stated?.[1] || answer || 'The SMSC could not deliver it.').slice(0, 500),
  };
}
