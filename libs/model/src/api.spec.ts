import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contents, text } from '../../../test/support/arbitraries.js';
import * as model from './index.js';
import {
  CreateChannel,
  CreateMessage,
  CreateSession,
  Metadata,
  Page,
  UpdateChannel,
  newId,
} from './index.js';

const schemas = Object.entries<unknown>(model).filter(isSchema);
const sessionId = newId('session');
const conversationId = newId('conversation');

describe('a message for the API', () => {
  const accepts = (value: unknown): boolean => CreateMessage.safeParse(value).success;

  it('has text or parts, for a session or a conversation, and never both or neither', () => {
    fc.assert(
      fc.property(
        text(),
        contents(),
        fc.tuple(...[0, 1, 2, 3].map(() => fc.boolean())),
        (said, parts, chosen) => {
          const [hasText, hasParts, hasSession, hasConversation] = chosen;
          const body = {
            ...(hasText && { text: said }),
            ...(hasParts && { parts }),
            ...(hasSession && { session_id: sessionId }),
            ...(hasConversation && { conversation_id: conversationId }),
          };
          expect(accepts(body)).toBe(hasText !== hasParts && hasSession !== hasConversation);
        },
      ),
    );
  });

  it('is awaited unless the caller says otherwise', () => {
    expect(CreateMessage.parse({ session_id: sessionId, text: 'Hi' }).respond).toBe('wait');
    expect(accepts({ session_id: sessionId, text: 'Hi', respond: 'later' })).toBe(false);
  });

  it('takes no id of another kind', () => {
    expect(accepts({ session_id: conversationId, text: 'Hi' })).toBe(false);
    expect(accepts({ conversation_id: sessionId, text: 'Hi' })).toBe(false);
  });

  it('has a client id of 1 to 128 characters', () => {
    const withId = (length: number) => ({ session_id: sessionId, text: 'Hi', client_id: 'c'.repeat(length) });
    expect([0, 1, 128, 129].map((length) => accepts(withId(length)))).toEqual([false, true, true, false]);
  });

  it('names the field that is wrong', () => {
    const wrong = CreateMessage.safeParse({ session_id: sessionId });
    expect(wrong.error?.issues.map((issue) => issue.path)).toEqual([['text']]);
  });
});

describe('a session for the API', () => {
  it('needs nothing', () => {
    expect(CreateSession.parse({})).toEqual({ contact: {}, metadata: {}, ttl_seconds: 3_600 });
  });

  it('lives for a minute to a day', () => {
    const lives = [59, 60, 86_400, 86_401, 60.5];
    expect(lives.map((ttl) => CreateSession.safeParse({ ttl_seconds: ttl }).success)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it('carries at most 50 notes', () => {
    const notes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']));
    expect(Metadata.safeParse(notes(50)).success).toBe(true);
    expect(Metadata.safeParse(notes(51)).success).toBe(false);
  });
});

describe('a page', () => {
  it('reads its query from text', () => {
    expect(Page.parse({ limit: '100' })).toEqual({ limit: 100, order: 'desc' });
    expect(Page.parse({})).toEqual({ limit: 20, order: 'desc' });
    for (const limit of ['0', '101', '1.5', 'many']) expect(Page.safeParse({ limit }).success).toBe(false);
  });
});

describe('a channel for the API', () => {
  it('has a name that is not blank', () => {
    expect(CreateChannel.parse({ connector: 'web', name: ' Site ' })).toMatchObject({
      name: 'Site',
      settings: {},
    });
    expect(CreateChannel.safeParse({ connector: 'web', name: '  ' }).success).toBe(false);
  });

  it('tells “no bot” from “the bot as it is”', () => {
    expect(UpdateChannel.parse({ bot_id: null })).toEqual({ bot_id: null });
    expect(UpdateChannel.parse({})).toEqual({});
  });
});

describe('every schema of the model', () => {
  it('is found by this test', () => {
    expect(schemas.length).toBeGreaterThan(60);
  });

  it.each(schemas)('%s has a form in JSON Schema, in and out', (_, schema) => {
    for (const io of ['input', 'output'] as const) {
      const made = z.toJSONSchema(schema, { io, target: 'draft-2020-12' });
      expect(JSON.parse(JSON.stringify(made))).toEqual(made);
    }
  });

  it('that is a component of the API has a name of its own', () => {
    const names = schemas.flatMap(([, schema]) => schema.meta()?.id ?? []);
    expect(new Set(names).size).toBe(names.length);
  });

  it('that the API reads refuses fields it does not know', () => {
    const read = { CreateSession, CreateMessage, CreateChannel, UpdateChannel, Page };
    for (const schema of Object.values(read)) {
      const unknown = schema.safeParse({ surprise: 1 }).error?.issues.map((issue) => issue.code);
      expect(unknown).toContain('unrecognized_keys');
    }
  });
});

function isSchema(entry: [string, unknown]): entry is [string, z.ZodType] {
  return entry[1] instanceof z.ZodType;
}
