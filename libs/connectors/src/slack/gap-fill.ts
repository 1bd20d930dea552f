import { z } from 'zod';
import type { DecodedEvent, Io } from '../connector.js';
import { callSlack } from './call.js';
import { decodeMessage } from './decode-message.js';
import { readHistory, type Kept } from './history.js';
import type { SlackSettings } from './manifest.js';
import { isDirect, messageIdOf, tsOf } from './place.js';
import { mentions } from './read-text.js';

/** Threads that began so long before are looked at for new answers, in milliseconds. */
const THREADS_MS = 86_400_000;
const PAGES_MAX = 20;

const Conversations = z.looseObject({
  channels: z.array(z.looseObject({ id: z.string().min(1).max(64) })).default([]),
});
const Self = z.looseObject({ user_id: z.string().optional() });

/**
 * What people wrote since then, wherever the bot is a member: the events that live messages would have made, under the same keys.
 *
 * Edits, reactions and presses are not kept by Slack. Answers in threads that began more than a day before are not found.
 */
export async function* gapFill(since: number, io: Io<SlackSettings>): AsyncGenerator<DecodedEvent> {
  const { user_id } = Self.parse(await callSlack('auth.test', {}, io));
  const bots = user_id === undefined ? [] : [user_id];
  for (const channel of await channelsOf(io)) yield* ofChannel(channel, since, bots, io);
}

async function channelsOf(io: Io<SlackSettings>): Promise<string[]> {
  const types = 'public_channel,private_channel,mpim,im';
  const all: string[] = [];
  let cursor: string | undefined;
  do {
    const answer = await callSlack(
      'users.conversations',
      { types, exclude_archived: true, limit: 200, cursor },
      io,
    );
    all.push(...Conversations.parse(answer).channels.map(({ id }) => id));
    cursor = answer.response_metadata?.next_cursor;
  } while (cursor);
  return all;
}

async function* ofChannel(
  channel: string,
  since: number,
  bots: readonly string[],
  io: Io<SlackSettings>,
): AsyncGenerator<DecodedEvent> {
  const kept: Kept[] = [];
  const reading = { oldest: tsOf(since - THREADS_MS), pagesMax: PAGES_MAX };
  for await (const page of readHistory({ channel }, reading, io)) kept.push(...page.kept);
  const isNew = ({ message }: Kept): boolean => Number(message.ts) * 1_000 >= since;
  // A history is newest first; people wrote in the other order.
  yield* eventsOf(kept.filter(isNew).toReversed(), channel, bots, io.settings);
  for (const { message } of kept.toReversed()) {
    if (!message.reply_count || Number(message.latest_reply ?? Infinity) * 1_000 < since) continue;
    const place = { channel, threadTs: message.ts };
    for await (const page of readHistory(place, { oldest: tsOf(since), pagesMax: PAGES_MAX }, io)) {
      const answers = page.kept.filter((one) => one.message.ts !== message.ts && isNew(one));
      yield* eventsOf(answers, channel, bots, io.settings);
    }
  }
}

/** What is nothing for us is left out: a history is not news. */
function* eventsOf(
  kept: readonly Kept[],
  channel: string,
  bots: readonly string[],
  settings: SlackSettings,
): Generator<DecodedEvent> {
  for (const { message, json } of kept) {
    const isForUs =
      settings.channel_messages === 'all' || isDirect(channel) || mentions(message.text ?? '', bots);
    const event = isForUs ? decodeMessage(message, channel, bots) : '';
    if (typeof event === 'string') continue;
    yield {
      event,
      raw: Buffer.from(JSON.stringify({ history_of: messageIdOf(channel, message.ts), message: json })),
    };
  }
}
