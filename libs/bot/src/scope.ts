import type { BotDefinition, Turn } from '#libs/model';
import type { Scope } from './conditions.js';
import type { Heard } from './hearing.js';
import { isOpen, localTime, nextOpening } from './hours.js';

/** Longer texts are cut before an expression sees them. */
const textMax = 4_000;

/** Where the clock of a bot stands. */
export function timeZoneOf(definition: BotDefinition): string {
  return definition.hours?.time_zone ?? 'UTC';
}

/**
 * What the expressions and templates of a bot can see in a turn; `fields` are empty outside a flow.
 *
 * @param heard     the message that it is about; null when there is none
 * @param language  of that message, where it was looked for
 */
export function scopeOf(
  turn: Turn,
  nowMs: number,
  heard: Heard | null,
  language: string | null = null,
): Scope {
  const { contact, conversation, bot, channel } = turn;
  return {
    contact: { id: contact.contactId, name: contact.name, attributes: contact.attributes },
    conversation: {
      id: conversation.conversationId,
      has_replies: conversation.hasReplies,
      new_messages: turn.messages.length,
    },
    message: {
      text: heard?.text.slice(0, textMax) ?? '',
      option: heard?.choice?.optionId ?? null,
      is_first: heard?.first ?? false,
      language,
    },
    time: timeOf(bot.definition, nowMs),
    channel: { id: conversation.channelId, label: channel?.label ?? '' },
    fields: {},
  };
}

function timeOf(definition: BotDefinition, nowMs: number): Scope['time'] {
  const { date, weekday, hour, minute } = localTime(nowMs, timeZoneOf(definition));
  const opening = definition.hours ? nextOpening(definition.hours, nowMs) : null;
  return {
    date,
    weekday,
    hour,
    minute,
    is_open: definition.hours ? isOpen(definition.hours, nowMs) : true,
    opens_date: opening?.date ?? null,
    opens_time: opening?.time ?? null,
  };
}
