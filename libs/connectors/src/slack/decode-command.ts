import { contentLimits, type InboundEvent } from '#libs/model';
import { threadOf } from './place.js';
import { readText } from './read-text.js';
import type { WireCommand } from './wire.js';

/**
 * A slash command is a message: what stands behind the command, or the command itself when nothing does.
 *
 * Slack does not repeat commands, and names each by its trigger.
 *
 * @see https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function decodeCommand(command: WireCommand): InboundEvent {
  const { channel_id, user_id, user_name, trigger_id } = command;
  const text = readText(command.text ?? '') || command.command;
  const name = user_name?.trim().slice(0, 200);
  return {
    kind: 'message',
    event_key: `c:${trigger_id}`,
    thread: threadOf(channel_id, undefined),
    from: { kind: 'slack', value: user_id, ...(name && { name }) },
    provider_id: `c:${trigger_id}`,
    content: [{ type: 'text', text: text.slice(0, contentLimits.textMax) }],
    metadata: { command: command.command, channel: channel_id },
  };
}
