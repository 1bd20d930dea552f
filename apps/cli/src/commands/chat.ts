import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import type { Action } from '../commands.js';
import { type Desk, textOf } from '../desk.js';

/** Talks to a bot: every line is a message, until the input ends. */
export const chat: Action<{ channel?: string; as?: string }> = async (desk, _given, { channel, as }) => {
  const session = await desk.parley.sessions.create({
    ...(channel !== undefined && { channel_id: channel }),
    contact: as === undefined ? {} : { external_id: as },
  });
  const { data: greeting } = await desk.parley.conversations.messages(session.conversation_id, {
    order: 'asc',
  });
  for (const { parts } of greeting) desk.line(parts, pc.cyan(textOf(parts)));
  const lines = createInterface({
    input: desk.world.stdin,
    output: desk.canAsk ? desk.world.stdout : undefined,
  } as never);
  if (desk.canAsk) lines.setPrompt('> ');
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() === '') continue;
    await say(desk, session.id, line);
    if (desk.canAsk) lines.prompt();
  }
};

async function say(desk: Desk, sessionId: string, text: string): Promise<void> {
  for await (const event of desk.parley.messages.stream({ session_id: sessionId, text })) {
    const message = event.data['message'] as { author: string; parts: object[] } | undefined;
    if (event.type === 'message.created' && message && message.author !== 'contact') {
      desk.line(message, pc.cyan(textOf(message.parts)));
    }
    if (event.type === 'turn.failed') desk.note('The bot has not answered.');
  }
}
