import type { Message, WebhookPayload } from '#libs/model';
import type { OpenWebhook, WebhookContext } from '#libs/store';

/** Largest body, in bytes, of an endpoint that asked for nothing more. */
const BYTES_MAX = 20_000;
/** With a transcript or a hand-over. */
const WITH_TRANSCRIPT_BYTES_MAX = 256_000;

/** What a body is made of. */
export interface PayloadParts {
  webhook: Pick<OpenWebhook, 'type' | 'occurredAt' | 'logged' | 'include'>;
  /** The event, as streams carry it. */
  data: Record<string, unknown>;
  /** Null when nobody asked, and for events of no conversation. */
  context: WebhookContext | null;
  /** Oldest first; null when nobody asked. */
  transcript: readonly Message[] | null;
}

/**
 * Writes the body of a webhook. Pure.
 *
 * What does not fit is left out and named under `truncated`: first the older half of the transcript, again and again, then
 * what else the endpoint includes, then the message but for its ids. What is left is always whole.
 *
 * @returns JSON of at most 20 kB, with a transcript 256 kB
 */
export function writePayload({ webhook, data, context, transcript }: PayloadParts): string {
  const { logged, include } = webhook;
  const isLarge = include.includes('transcript') || include.includes('handover');
  const bytesMax = isLarge ? WITH_TRANSCRIPT_BYTES_MAX : BYTES_MAX;
  const full: WebhookPayload['data'] = {
    ...(logged && {
      conversation_id: logged.conversationId,
      seq: logged.seq,
      channel_id: logged.channelId,
    }),
    ...data,
    ...(context && include.includes('contact') && { contact: context.contact }),
    ...(context && include.includes('metadata') && { metadata: context.metadata }),
    ...(transcript && { transcript: [...transcript] }),
  };
  const write = (what: WebhookPayload['data']): string =>
    JSON.stringify({
      type: webhook.type,
      timestamp: webhook.occurredAt.toISOString(),
      data: what,
    } satisfies WebhookPayload);
  const fits = (text: string): boolean => Buffer.byteLength(text) <= bytesMax;

  let text = write(full);
  const kept = { ...full };
  const truncated: string[] = [];
  for (let left = transcript ?? []; !fits(text) && left.length > 1;) {
    left = left.slice(Math.ceil(left.length / 2));
    text = write({ ...kept, transcript: left, truncated: ['transcript'] });
  }
  for (const name of ['transcript', 'metadata', 'contact', 'message', ...Object.keys(data)]) {
    if (fits(text)) break;
    if (!(name in kept)) continue;
    delete kept[name];
    truncated.push(name);
    const { message } = data;
    const isMessage = name === 'message' && message instanceof Object && 'id' in message;
    if (isMessage) kept['message_id'] ??= message.id;
    text = write({ ...kept, truncated });
  }
  return text;
}
