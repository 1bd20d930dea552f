import {
  contentLimits,
  type Address,
  type Content,
  type InboundEvent,
  type ReceiptStatus,
} from '#libs/model';
import type { DecodedEvent } from '../connector.js';
import type { WhatsAppWebSettings } from './manifest.js';
import type { FromChild, ToldMessage } from './protocol.js';

/**
 * What the browser told as an event, if it is one. Pure.
 *
 * Ids of messages are the ids within their chat: that is what acknowledgements, edits and quotes name too.
 */
export function decodeTold(told: FromChild, settings: WhatsAppWebSettings): DecodedEvent | null {
  const event = eventOf(told, settings);
  return event && { event, raw: Buffer.from(JSON.stringify(told)) };
}

function eventOf(told: FromChild, settings: WhatsAppWebSettings): InboundEvent | null {
  switch (told.tell) {
    case 'message':
      return messageOf(told.message, settings);
    case 'edited': {
      const { message } = told;
      const content = contentOf(message);
      if (message.isMine || content.length === 0) return null;
      const key = `e:${message.chat}:${message.stanza}:${hashOf(message.body)}`;
      return { kind: 'edit', event_key: key, ...commonOf(message), provider_id: message.stanza, content };
    }
    case 'revoked':
      return {
        kind: 'deletion',
        event_key: `d:${told.chat}:${told.stanza}`,
        thread: told.chat,
        from: addressOf(told.author),
        provider_id: told.stanza,
      };
    case 'reaction': {
      const common = { thread: told.chat, from: addressOf(told.author), provider_id: told.stanza };
      const event = { kind: 'reaction' as const, event_key: `r:${told.key}`, ...common };
      return told.emoji === ''
        ? { ...event, emoji: '*', removed: true }
        : { ...event, emoji: told.emoji, removed: false };
    }
    case 'ack': {
      const status = ACKS[told.ack];
      const key = `a:${told.chat}:${told.stanza}:${told.ack}`;
      return status
        ? { kind: 'receipt', event_key: key, thread: told.chat, provider_ref: told.stanza, status }
        : null;
    }
    default:
      return null;
  }
}

/** The library's numbers: error, pending, server, device, read, played. */
const ACKS: Readonly<Record<number, ReceiptStatus>> = {
  [-1]: 'failed',
  1: 'sent',
  2: 'delivered',
  3: 'read',
  4: 'read',
};

function messageOf(message: ToldMessage, settings: WhatsAppWebSettings): InboundEvent | null {
  const event_key = `m:${message.chat}:${message.stanza}`;
  const ignored = (reason: string): InboundEvent => ({ kind: 'ignored', event_key, reason });
  if (message.isMine) return null; // what we sent, or the owner on the phone
  if (/@(broadcast|newsletter)$/.test(message.chat)) return null;
  if (message.chat.endsWith('@g.us') && !settings.groups) return ignored('a message in a group');
  const content = contentOf(message);
  if (content.length === 0) return ignored(`a message of type ${message.type}`);
  return {
    kind: 'message',
    event_key,
    ...commonOf(message),
    provider_id: message.stanza,
    content,
    ...(message.quoted && { reply_to: message.quoted }),
    ...(message.isForwarded && { metadata: { forwarded: 'true' } }),
  };
}

function commonOf(message: ToldMessage) {
  const { chat, author, name, seconds } = message;
  return {
    thread: chat,
    from: addressOf(author, name),
    ...(seconds > 0 && seconds < 1e11 && { sent_at: new Date(seconds * 1_000).toISOString() }),
  };
}

/** `49151…@c.us` is a phone number; other ids stand for themselves. */
function addressOf(author: string, name?: string): Address {
  const phone = /^(\d{5,15})@(c\.us|s\.whatsapp\.net)$/.exec(author)?.[1];
  const shown = name?.trim().slice(0, 200);
  return {
    ...(phone ? { kind: 'phone', value: `+${phone}` } : { kind: 'whatsapp', value: author }),
    ...(shown && { name: shown }),
  };
}

const MEDIA: Readonly<Record<string, 'image' | 'audio' | 'video' | 'file'>> = {
  image: 'image',
  sticker: 'image',
  audio: 'audio',
  ptt: 'audio',
  video: 'video',
  document: 'file',
};

function contentOf(message: ToldMessage): Content[] {
  const { type, body, location, vcards } = message;
  if (type === 'chat') return textOf(body);
  if (type === 'location' && location) return locationOf(location);
  if (vcards && vcards.length > 0) return vcards.slice(0, contentLimits.piecesMax).map(contactOf);
  const media = Object.hasOwn(MEDIA, type) ? MEDIA[type] : undefined;
  if (!media) return [];
  const caption = body.trim();
  const isShort = caption.length <= contentLimits.descriptionMax;
  const fileName = message.fileName?.slice(0, contentLimits.fileNameMax);
  const piece: Content = {
    type: media,
    url: `media:${encodeURIComponent(message.serialized)}`,
    ...(message.mime && { mime_type: message.mime }),
    ...(fileName && { file_name: fileName }),
    ...(caption !== '' && isShort && { caption }),
  };
  return isShort ? [piece] : [piece, ...textOf(caption)];
}

const textOf = (text: string): Content[] =>
  text === '' ? [] : [{ type: 'text', text: text.slice(0, contentLimits.textMax) }];

function locationOf({ latitude, longitude, name }: NonNullable<ToldMessage['location']>): Content[] {
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return [];
  const shown = name?.trim().slice(0, contentLimits.labelMax).trim();
  return [{ type: 'location', latitude, longitude, ...(shown && { name: shown }) }];
}

/** Name and numbers of a vCard, read line by line. */
function contactOf(vcard: string): Content {
  const lines = vcard.split(/\r?\n/);
  const values = (field: string): string[] =>
    lines.flatMap(
      (line) => new RegExp(`^(?:item\\d+\\.)?${field}(?:;[^:]*)?:(.+)$`, 'i').exec(line)?.[1]?.trim() ?? [],
    );
  const organization = values('ORG')[0]?.replaceAll(';', ' ').trim().slice(0, contentLimits.labelMax).trim();
  return {
    type: 'contact',
    name: values('FN')[0]?.slice(0, contentLimits.labelMax).trim() || '?',
    phones: values('TEL')
      .filter(({ length }) => length <= 40)
      .slice(0, 10),
    emails: values('EMAIL')
      .filter(({ length }) => length > 2 && length < 255)
      .slice(0, 10),
    ...(organization && { organization }),
  };
}

/** Tells two edits of the same message apart; no secret depends on it. */
function hashOf(text: string): string {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + character.codePointAt(0)!) | 0;
  return (hash >>> 0).toString(36);
}
