import { z } from 'zod';
import type { Io } from '../connector.js';
import { callSlack, type Arguments } from './call.js';
import type { SlackSettings } from './manifest.js';
import type { Place } from './place.js';
import { WireMessage } from './wire.js';

const Page = z.looseObject({ messages: z.array(z.unknown()).default([]) });

/** What is read of a history. */
export interface Reading {
  /** From this ts on. */
  oldest?: string | undefined;
  /** With the metadata that apps left. */
  withMetadata?: boolean;
  pagesMax: number;
}

/** A message, and the JSON that it was. */
export interface Kept {
  message: WireMessage;
  json: unknown;
}

export interface HistoryPage {
  kept: Kept[];
  /** Nothing older, or for a thread newer, is left. */
  isLast: boolean;
}

/**
 * The messages of a thread or, without one, of a channel, page by page: a channel's newest first, a thread's oldest first.
 *
 * @see https://docs.slack.dev/reference/methods/conversations.history, …/conversations.replies; their arguments are a fixture
 */
export async function* readHistory(
  { channel, threadTs }: Place,
  { oldest, withMetadata, pagesMax }: Reading,
  io: Io<SlackSettings>,
): AsyncGenerator<HistoryPage> {
  const method = threadTs === undefined ? 'conversations.history' : 'conversations.replies';
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const args: Arguments = {
      channel,
      ts: threadTs,
      oldest,
      inclusive: oldest === undefined ? undefined : true,
      include_all_metadata: withMetadata,
      limit: 200,
      cursor,
    };
    const answer = await callSlack(method, args, io);
    const { messages } = Page.parse(answer);
    cursor = answer.response_metadata?.next_cursor;
    yield { kept: messages.flatMap(keptOf), isLast: !cursor };
    if (!cursor) return;
  }
}

function keptOf(json: unknown): Kept[] {
  const parsed = WireMessage.safeParse(json);
  return parsed.success ? [{ message: parsed.data, json }] : [];
}
