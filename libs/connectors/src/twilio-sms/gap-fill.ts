import type { DecodedEvent, Io } from '../connector.js';
import { inboundSms } from '../shared/sms/inbound-sms.js';
import { writeForm } from '../shared/form.js';
import { accountPath, callTwilio, faultOfTwilio, jsonOf } from './call.js';
import type { TwilioSmsSettings } from './manifest.js';
import { mediaContent } from './media.js';
import { MediaPage, MessagePage, type MessageResource } from './wire.js';

const PAGES_MAX = 20;
/** Clocks differ. */
const OVERLAP_MS = 60_000;

/** Messages that people sent since then, oldest first, under the keys that the webhook gives them. */
export async function* gapFill(since: number, io: Io<TwilioSmsSettings>): AsyncGenerator<DecodedEvent> {
  const kept: MessageResource[] = [];
  const from = since - OVERLAP_MS;
  const query = writeForm({
    'DateSent>': new Date(from).toISOString().slice(0, 10),
    To: io.settings.messaging_service_sid === undefined ? io.settings.from : undefined,
    PageSize: '200',
  });
  let next: string | null = `${accountPath(io.settings)}/Messages.json?${query}`;
  for (let page = 0; next !== null && page < PAGES_MAX; page++) {
    const { messages, next_page_uri } = MessagePage.parse(await get(next, io));
    kept.push(...messages.filter((message) => message.direction === 'inbound' && sentAt(message) >= from));
    const isOver = messages.some((message) => sentAt(message) < from);
    next = !isOver && next_page_uri?.startsWith('/2010-04-01/') ? next_page_uri : null;
  }
  for (const message of kept.toReversed()) {
    const event = await eventOf(message, io);
    if (event) yield { event, raw: Buffer.from(JSON.stringify(message)) };
  }
}

const sentAt = ({ date_sent }: MessageResource): number => Date.parse(date_sent ?? '') || 0;

async function eventOf(message: MessageResource, io: Io<TwilioSmsSettings>) {
  if (!message.from || /^[a-z]+:/i.test(message.from)) return null;
  const sms = {
    id: message.sid,
    from: message.from,
    to: message.to ?? '',
    text: (message.body ?? '').replaceAll('\0', ''),
    media: message.num_media > 0 ? await mediaOf(message, io) : [],
    sentAt: new Date(sentAt(message)).toISOString(),
  };
  return inboundSms(sms, io.settings);
}

async function mediaOf({ sid }: MessageResource, io: Io<TwilioSmsSettings>) {
  const path = `${accountPath(io.settings)}/Messages/${encodeURIComponent(sid)}/Media`;
  const { media_list } = MediaPage.parse(await get(`${path}.json`, io));
  return media_list
    .map((media) => mediaContent(`${path}/${media.sid}`, media.content_type ?? undefined))
    .filter((content) => content !== null);
}

async function get(path: string, io: Io<TwilioSmsSettings>): Promise<unknown> {
  const answer = await callTwilio(io, path);
  if (answer.status !== 200) throw faultOfTwilio(answer, io.now());
  return jsonOf(answer) ?? {};
}
