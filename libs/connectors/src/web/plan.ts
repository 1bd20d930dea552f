import type { Content, JsonObject } from '#libs/model';
import type { Plan } from '../connector.js';

/** One part that carries the message as it is: our own browser client shows every kind of content. */
export function plan(contents: readonly Content[]): Plan {
  if (contents.length === 0) return { parts: [], lost: [] };
  const kinds = [...new Set(contents.map((content) => content.type))];
  const body = { content: structuredClone(contents) } as unknown as JsonObject;
  return { parts: [{ body, rendering: kinds.join('+') }], lost: [] };
}
