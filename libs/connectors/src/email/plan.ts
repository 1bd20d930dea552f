import type { Content, JsonObject } from '#libs/model';
import type { Part, Plan } from '../connector.js';

/** One mail for a whole message: a mail carries everything, in its own way. */
export function plan(contents: readonly Content[]): Plan {
  if (contents.length === 0) return { parts: [], lost: [] };
  const body = { content: contents } as unknown as JsonObject;
  const rendering = contents.some(({ type }) => ['choices', 'card', 'carousel', 'list'].includes(type))
    ? 'mail with buttons'
    : 'mail';
  const lost = contents.flatMap(({ type }) => (type === 'form' ? ['form → text'] : []));
  return { parts: [{ body, rendering }], lost };
}

/** What a part says. */
export const contentOf = (part: Part): Content[] => part.body['content'] as unknown as Content[];
