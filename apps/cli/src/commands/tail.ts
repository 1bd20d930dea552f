import type { StreamEvent } from '#libs/sdk';
import pc from 'picocolors';
import type { Action } from '../commands.js';
import { type Desk, safe, textOf } from '../desk.js';

/** Prints what happens until somebody stops it. */
export const tail: Action<{
  channel?: string;
  conversation?: string;
  types?: string;
}> = async (desk, _given, { channel, conversation, types }) => {
  const wanted = types?.split(',');
  const known = new Map<string, string>();
  const { conversations, events } = desk.parley;
  const stream =
    conversation === undefined
      ? events.follow(wanted ? { types: wanted } : {})
      : conversations.follow(conversation);
  for await (const event of stream) {
    if (wanted && !wanted.includes(event.type)) continue;
    if (channel !== undefined && (await channelOf(desk, event, known)) !== channel) continue;
    desk.line(event, wordsOf(event));
  }
};

/** Conversations whose channel is remembered: a terminal is read for hours. */
const KNOWN_MAX = 10_000;

/** The channel of an event: the stream names the conversation, which never changes its channel. */
async function channelOf(
  { parley }: Desk,
  { conversation_id: id, data }: StreamEvent,
  known: Map<string, string>,
): Promise<unknown> {
  if (data['channel_id'] !== undefined) return data['channel_id'];
  const remembered = known.get(id);
  if (remembered !== undefined) return remembered;
  const { channel_id: channel } = await parley.conversations.get(id);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(id, channel);
  return channel;
}

function wordsOf({ type, occurred_at: at, conversation_id: conversationId, data }: StreamEvent): string {
  const message = data['message'] as { author: string; parts: object[] } | undefined;
  const said = message
    ? `${message.author}: ${textOf(message.parts)}`
    : safe(JSON.stringify(data)).slice(0, 160);
  return `${pc.dim(at ?? '')} ${pc.bold(type)} ${pc.dim(conversationId)} ${said}`;
}
