import { contentLimits, type Content, type InboundMessage } from '#libs/model';
import { messageIdOf, threadOf, timeOf } from './place.js';
import { readText } from './read-text.js';
import { WireFile, type WireMessage } from './wire.js';

/** Kinds of messages that people write; all other subtypes are notices of Slack. */
const WRITTEN = new Set(['file_share', 'thread_broadcast', 'me_message']);

/**
 * A message of a person as an event; the same whether it came live, as its twin, or from the history.
 *
 * @param botUserIds  our own bot, where it is known
 * @returns why there is no event, where there is none
 */
export function decodeMessage(
  message: WireMessage,
  channel: string,
  botUserIds: readonly string[],
): InboundMessage | string {
  const { ts, thread_ts, subtype, user, bot_id } = message;
  if (bot_id || subtype === 'bot_message') return 'a message of a bot';
  if (subtype !== undefined && !WRITTEN.has(subtype)) return `a notice: ${subtype}`;
  if (!user) return 'a message without a sender';
  if (user === 'USLACKBOT' || botUserIds.includes(user)) return 'a message of a bot';
  const content = contentOf(message, botUserIds);
  if (content.length === 0) return 'a message without text or files';
  return {
    kind: 'message',
    event_key: `m:${messageIdOf(channel, ts)}`,
    thread: threadOf(channel, ts, thread_ts),
    from: personOf(user, message),
    provider_id: messageIdOf(channel, ts),
    content,
    ...timeOf(ts),
    metadata: { channel, ts },
  };
}

/** What a message says: its text, then its files. Empty when it says nothing. */
export function contentOf(message: WireMessage, botUserIds: readonly string[]): Content[] {
  const files = (message.files ?? []).flatMap(mediaOf).slice(0, contentLimits.piecesMax - 1);
  const said = message.text ?? '';
  // Somebody who only calls the bot by its name has said that name.
  const text = readText(said, botUserIds) || (files.length === 0 ? readText(said) : '');
  return text === '' ? files : [{ type: 'text', text: text.slice(0, contentLimits.textMax) }, ...files];
}

export function personOf(user: string, message?: WireMessage): InboundMessage['from'] {
  const { display_name, real_name } = message?.user_profile ?? {};
  const name = (display_name || real_name || '').trim().slice(0, 200);
  return { kind: 'slack', value: user, ...(name && { name }) };
}

function mediaOf(raw: unknown): Content[] {
  const parsed = WireFile.safeParse(raw);
  if (!parsed.success || parsed.data.mode === 'tombstone' || parsed.data.mode === 'hidden_by_limit')
    return [];
  const { id, name, mimetype, size } = parsed.data;
  const mimeType = mimetype?.slice(0, 255);
  const fileName = name?.slice(0, contentLimits.fileNameMax);
  return [
    {
      type: kindOf(mimeType ?? ''),
      url: `media:${encodeURIComponent(id)}`,
      ...(mimeType && { mime_type: mimeType }),
      ...(fileName && { file_name: fileName }),
      ...(size !== undefined && { size_bytes: size }),
    },
  ];
}

function kindOf(mimeType: string): 'image' | 'audio' | 'video' | 'file' {
  const [kind] = mimeType.split('/');
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'file';
}
