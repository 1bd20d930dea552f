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
  const body = await post(api, '/v1/sessions', { channel_id: channelId, ...(contact && { contact }) });
  const [sessionId, conversationId] = [body['id'] as string, body['conversation_id'] as string];
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
      await post(api, '/v1/messages', { session_id: sessionId, text, respond: 'async' });
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

/** Asks again with the same key where the server is too busy, as a client does; any other failure says what it is. */
async function post(api: Api, path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { 'idempotency-key': crypto.randomUUID() };
  return until(`${path} is taken`, async () => {
    const answer = await api('POST', path, body, headers);
    if (answer.status === 503) return null;
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as Record<string, unknown>;
  });
}
