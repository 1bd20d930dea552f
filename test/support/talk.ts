import type { Api } from './boot.js';
import { until } from './until.js';

/** One visitor in one conversation of a web chat, by the API. */
export interface Talk {
  conversationId: string;
  /** Says something; resolves when it is accepted, not when it is answered. */
  say(text: string): Promise<void>;
  /** Waits until something that was said after the last `hears` holds these words, and gives it. */
  hears(words: string): Promise<string>;
  /** Everything that was said, oldest first: `contact: …`, `bot: …`. */
  lines(): Promise<string[]>;
}

interface Shown {
  author: string;
  parts: { text?: string; title?: string }[];
}

/** Opens a session of a channel. */
export async function beginTalk(api: Api, channelId: string, contact?: object): Promise<Talk> {
  const { body } = await api('POST', '/v1/sessions', { channel_id: channelId, ...(contact && { contact }) });
  const [sessionId, conversationId] = [body.id as string, body.conversation_id as string];
  let heard = 0;
  const lines = async (): Promise<string[]> => {
    const list = await api('GET', `/v1/conversations/${conversationId}/messages?order=asc&limit=100`);
    return (list.body.data as Shown[]).map(
      ({ author, parts }) => `${author}: ${parts.map(({ text, title }) => text ?? title ?? '').join(' / ')}`,
    );
  };
  return {
    conversationId,
    lines,
    async say(text) {
      await api('POST', '/v1/messages', { session_id: sessionId, text, respond: 'async' });
    },
    async hears(words) {
      const at = await until(
        `somebody says “${words}”`,
        async () => {
          const found = (await lines()).findIndex(
            (line, place) => place >= heard && !line.startsWith('contact: ') && line.includes(words),
          );
          return found < 0 ? null : { found };
        },
        40_000,
      );
      heard = at.found + 1;
      return (await lines())[at.found]!;
    },
  };
}
