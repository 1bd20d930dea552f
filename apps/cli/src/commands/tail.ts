import type { StreamEvent } from '#libs/sdk';
import pc from 'picocolors';
import type { Action } from '../commands.js';
import { safe, textOf } from '../desk.js';

/** Prints what happens until somebody stops it. */
export const tail: Action<{
  channel?: string;
  conversation?: string;
  types?: string;
}> = async (desk, _given, { channel, conversation, types }) => {
  const wanted = types?.split(',');
  const { conversations, events } = desk.parley;
  const stream =
    conversation === undefined
      ? events.follow(wanted ? { types: wanted } : {})
      : conversations.follow(conversation);
  for await (const event of stream) {
    if (wanted && !wanted.includes(event.type)) continue;
    if (channel !== undefined && channelOf(event) !== channel) continue;
    desk.line(event, wordsOf(event));
  }
};

const channelOf = (event: StreamEvent): unknown =>
  (event as { channel_id?: string }).channel_id ?? event.data['channel_id'];

function wordsOf({ type, occurred_at: at, conversation_id: conversationId, data }: StreamEvent): string {
  const message = data['message'] as { author: string; parts: object[] } | undefined;
  const said = message
    ? `${message.author}: ${textOf(message.parts)}`
    : safe(JSON.stringify(data)).slice(0, 160);
  return `${pc.dim(at ?? '')} ${pc.bold(type)} ${pc.dim(conversationId)} ${said}`;
}
