import type { Content, JsonObject } from '#libs/model';
import { z } from 'zod';
import { StoredQuestion, remember, type Question } from './choices/question.js';

/** The name under which the core itself keeps its part of the state. */
export const coreName = 'core';

/** What the core keeps of a conversation. */
export interface CoreMemory {
  /** Turns that ended well in this conversation. */
  readonly turns: number;
  /** Open questions, newest first. */
  readonly questions: readonly Question[];
  /** When responders want a turn of their own, by name, in milliseconds since 1970. */
  readonly wakes: Readonly<Record<string, number>>;
  /** Which bot ran the last turn, and when; absent before the first one, and in states of earlier releases. */
  readonly ran?: RanBot | undefined;
}

/** The bot that ran a turn. */
export interface RanBot {
  readonly botId: string;
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

const Stored = z.object({
  turns: z.int().nonnegative(),
  questions: z.array(StoredQuestion),
  // States of conversations that never waited for anything have none.
  wakes: z.record(z.string(), z.number()).default({}),
  ran: z.object({ botId: z.string(), version: z.int(), atMs: z.number() }).optional(),
});

/** Reads the core's part of a state; what cannot be read (none, or of another release) counts as a new beginning. */
export function readMemory(state: JsonObject): CoreMemory {
  const read = Stored.safeParse(Object.hasOwn(state, coreName) ? state[coreName] : undefined);
  return read.success ? read.data : { turns: 0, questions: [], wakes: {} };
}

/** A memory as it is stored. */
export function storedMemory({ turns, questions, wakes, ran }: CoreMemory): JsonObject {
  return {
    turns,
    ...(Object.keys(wakes).length > 0 && { wakes: { ...wakes } }),
    ...(ran && { ran: { ...ran } }),
    questions: questions.map(({ options, more }) => ({
      options: options.map(({ id, label }) => ({ id, label })),
      more,
    })),
  };
}

/** Each responder's part of a state, by its name. */
export function readSpaces(state: JsonObject): Map<string, JsonObject> {
  const spaces = Object.entries(state).filter(
    (entry): entry is [string, JsonObject] =>
      entry[0] !== coreName && typeof entry[1] === 'object' && entry[1] !== null && !Array.isArray(entry[1]),
  );
  return new Map(spaces);
}

/** The whole state of a conversation; empty parts are left out. */
export function writeState(memory: CoreMemory, spaces: ReadonlyMap<string, JsonObject>): JsonObject {
  const kept = [...spaces].filter(([, space]) => Object.keys(space).length > 0);
  return { [coreName]: storedMemory(memory), ...Object.fromEntries(kept) };
}

/**
 * The state after somebody other than the bot's turn sent messages: a greeting, an operator, the API.
 *
 * Store it with those messages, and their options can be taken by number or label like those of a reply. Without it
 * they are looked up in the history where the core can tell that it has to (see the README).
 */
export function stateAfterSending(state: JsonObject, sent: readonly (readonly Content[])[]): JsonObject {
  const memory = readMemory(state);
  const questions = remember(memory.questions, sent);
  return questions === memory.questions ? state : writeState({ ...memory, questions }, readSpaces(state));
}
