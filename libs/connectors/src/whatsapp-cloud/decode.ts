import { createHash } from 'node:crypto';
import { fault } from '#libs/faults';
import type { InboundEvent } from '#libs/model';
import type { Decoded, DecodedEvent, HookReply, HookRequest } from '../connector.js';
import { parseJson } from '../shared/parse-json.js';
import { decodeMessage } from './decode-message.js';
import { decodeStatus } from './decode-status.js';
import type { WhatsAppCloudSettings } from './manifest.js';
import { WireBody, WireValue } from './wire.js';

/**
 * Every item of every entry, in the order in which they stand.
 *
 * @throws Fault `input/invalid` when the body is no notification of a WhatsApp account
 */
export function decode(request: HookRequest, settings: WhatsAppCloudSettings): Decoded {
  if (request.method === 'GET') return { events: [], reply: challengeOf(request) };
  const body = WireBody.safeParse(parseJson(request.body));
  if (!body.success || body.data.object !== 'whatsapp_business_account') {
    throw fault('input/invalid', { detail: 'The body is no notification of a WhatsApp account.' });
  }
  const changes = body.data.entry.flatMap(({ changes }) => changes);
  const events = changes.flatMap(({ field, value }) => decodeChange(field, value, settings));
  return { events, reply: { status: 200 } };
}

function challengeOf({ query }: HookRequest): HookReply {
  const challenge = query['hub.challenge'] ?? '';
  return /^[\w.-]{1,256}$/.test(challenge)
    ? { status: 200, headers: { 'content-type': 'text/plain' }, body: challenge }
    : { status: 400 };
}

function decodeChange(field: string, raw: unknown, settings: WhatsAppCloudSettings): DecodedEvent[] {
  const value = WireValue.safeParse(raw);
  if (field !== 'messages' || !value.success) return [ignored(raw, `change of ${field.slice(0, 64)}`)];
  const number = value.data.metadata?.phone_number_id;
  if (number !== undefined && number !== settings.phone_number_id) {
    return [ignored(raw, 'for another number of the account')];
  }
  const { messages = [], statuses = [], errors = [] } = value.data;
  const events = [
    ...messages.map((item) => ofItem(item, decodeMessage(item, value.data))),
    ...statuses.map((item) => ofItem(item, decodeStatus(item))),
  ];
  if (events.length > 0) return events;
  return [
    ignored(raw, errors.length > 0 ? `error ${errors[0]?.code}: ${errors[0]?.title}` : 'nothing in it'),
  ];
}

/** @param made  the event, or why there is none */
function ofItem(item: unknown, made: InboundEvent | string): DecodedEvent {
  return typeof made === 'string' ? ignored(item, made) : { event: made, raw: bytesOf(item) };
}

function ignored(item: unknown, reason: string): DecodedEvent {
  const raw = bytesOf(item);
  const event_key = `x:${createHash('sha256').update(raw).digest('hex')}`;
  return { event: { kind: 'ignored', event_key, reason: reason.slice(0, 500) }, raw };
}

const bytesOf = (item: unknown): Uint8Array => Buffer.from(JSON.stringify(item) ?? 'null');
