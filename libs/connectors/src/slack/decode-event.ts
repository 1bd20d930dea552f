import type { InboundEvent } from '#libs/model';
import { contentOf, decodeMessage, personOf } from './decode-message.js';
import { emojiOf } from './emoji.js';
import type { SlackSettings } from './manifest.js';
import { isDirect, messageIdOf, threadOf, timeOf } from './place.js';
import { mentions } from './read-text.js';
import {
  WireMessage,
  WireMessageChanged,
  WireMessageDeleted,
  WireReaction,
  type WireEnvelope,
} from './wire.js';

/** @returns why there is no event, where there is none */
export function decodeEvent(envelope: WireEnvelope, settings: SlackSettings): InboundEvent | string {
  const { event } = envelope;
  const stranger = strangerOf(envelope, settings);
  if (stranger) return stranger;
  const bots = botUserIdsOf(envelope);
  switch (event.type) {
    case 'app_mention':
    case 'message':
      return decodeMessageEvent(event, bots, settings);
    case 'reaction_added':
    case 'reaction_removed':
      return decodeReaction(event, bots);
    case 'app_uninstalled':
      return 'the app was uninstalled: the check of the channel says so too';
    case 'tokens_revoked':
      return 'tokens were revoked: the check of the channel says which matter';
    default:
      return `event ${event.type}`;
  }
}

/** Events of an app or a workspace that is not this channel's. */
function strangerOf(
  { api_app_id, team_id, authorizations }: WireEnvelope,
  settings: SlackSettings,
): string | null {
  if (settings.app_id && api_app_id && api_app_id !== settings.app_id) return 'for another app';
  // In shared channels team_id is where the event came from; the authorization says for whom it is.
  const team = authorizations?.[0]?.team_id ?? team_id;
  return settings.team_id && team && team !== settings.team_id ? 'of another workspace' : null;
}

const botUserIdsOf = ({ authorizations }: WireEnvelope): string[] =>
  (authorizations ?? []).flatMap(({ user_id, is_bot }) => (user_id && is_bot ? [user_id] : []));

type Inner = WireEnvelope['event'];

function decodeMessageEvent(
  event: Inner,
  bots: readonly string[],
  settings: SlackSettings,
): InboundEvent | string {
  if (event.subtype === 'message_changed') return decodeEdit(event, bots);
  if (event.subtype === 'message_deleted') return decodeDeletion(event, bots);
  const message = WireMessage.safeParse(event);
  if (!message.success || !event.channel) return 'a message that lacks what every message has';
  const isForUs =
    settings.channel_messages === 'all' ||
    event.type === 'app_mention' ||
    isDirect(event.channel) ||
    mentions(message.data.text ?? '', bots);
  if (!isForUs) return 'a message in a channel that does not mention the app';
  return decodeMessage(message.data, event.channel, bots);
}

function decodeEdit(event: Inner, bots: readonly string[]): InboundEvent | string {
  const parsed = WireMessageChanged.safeParse(event);
  if (!parsed.success) return 'a change that lacks what every change has';
  const { channel, message, previous_message } = parsed.data;
  const { ts, thread_ts, user, bot_id, edited } = message;
  if (bot_id || !user || bots.includes(user)) return 'a change of a message of a bot';
  const common = {
    thread: threadOf(channel, ts, thread_ts),
    from: personOf(user, message),
    provider_id: messageIdOf(channel, ts),
  };
  // A message with answers leaves a stone in its place when it is deleted.
  if (message.subtype === 'tombstone')
    return { kind: 'deletion', event_key: `d:${common.provider_id}`, ...common };
  if (!edited?.ts || edited.ts === previous_message?.edited?.ts)
    return 'a change by Slack, such as the preview of a link';
  const content = contentOf(message, bots);
  if (content.length === 0) return 'a message without text or files';
  return {
    kind: 'edit',
    event_key: `e:${common.provider_id}:${edited.ts.slice(0, 64)}`,
    ...common,
    content,
    ...timeOf(edited.ts),
  };
}

function decodeDeletion(event: Inner, bots: readonly string[]): InboundEvent | string {
  const parsed = WireMessageDeleted.safeParse(event);
  if (!parsed.success) return 'a deletion that lacks what every deletion has';
  const { channel, deleted_ts, previous_message } = parsed.data;
  const { user, bot_id, thread_ts } = previous_message ?? {};
  if (bot_id || !user || bots.includes(user)) return 'a deletion of a message of a bot';
  return {
    kind: 'deletion',
    event_key: `d:${messageIdOf(channel, deleted_ts)}`,
    thread: threadOf(channel, deleted_ts, thread_ts),
    from: personOf(user),
    provider_id: messageIdOf(channel, deleted_ts),
  };
}

function decodeReaction(event: Inner, bots: readonly string[]): InboundEvent | string {
  const parsed = WireReaction.safeParse(event);
  if (!parsed.success) return 'a reaction to something that is not a message';
  const { type, user, reaction, item, event_ts } = parsed.data;
  if (bots.includes(user)) return 'a reaction of a bot';
  return {
    kind: 'reaction',
    event_key: `r:${messageIdOf(item.channel, item.ts)}:${user}:${reaction}:${type}:${event_ts ?? ''}`,
    // Slack does not say in which thread the message stands: right for direct messages and for first messages.
    thread: threadOf(item.channel, item.ts),
    from: personOf(user),
    provider_id: messageIdOf(item.channel, item.ts),
    emoji: emojiOf(reaction),
    removed: type === 'reaction_removed',
    ...timeOf(event_ts),
  };
}
