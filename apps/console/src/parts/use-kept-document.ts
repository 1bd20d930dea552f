import { type QueryKey, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { call } from '../api/call.js';
import { onHealed } from '../api/connection.js';
import { type DocumentKeeper, keeperOf, type Keeping } from './document-keeper.js';

/** A document of the server that several people may change, and what is changed of it here. */
export interface KeptDocument<Value, Answer> {
  /** As the server has it; undefined until it has come. */
  stored: Answer | undefined;
  /** As it is on the screen; null until it has come. */
  value: Value | null;
  keeping: Keeping;
  /** Why it could not be read, or be stored. */
  error: unknown;
  change: (value: Value) => void;
  keeper: DocumentKeeper<Value>;
  /** Throws the changes away that the server does not have, and looks what it has. */
  takeTheirs: () => Promise<unknown>;
}

/** What a document is called here and there. */
export interface KeptDocumentOptions<Value, Answer> {
  path: string;
  bodyOf: (value: Value) => unknown;
  valueOf: (answer: Answer) => Value;
}

/** Reads a document and stores what is changed of it, by its revision. */
export function useKeptDocument<Value, Answer extends { revision: number }>(
  options: KeptDocumentOptions<Value, Answer>,
): KeptDocument<Value, Answer> {
  const { path, bodyOf, valueOf } = options;
  const client = useQueryClient();
  const queryKey: QueryKey = [path];
  const found = useQuery({ queryKey, queryFn: ({ signal }) => call<Answer>('GET', path, { signal }) });
  const keeper = keeperOf<Value>(path, async (value, revision) => {
    const headers: Record<string, string> = revision === null ? {} : { 'if-match': `"${revision}"` };
    const answer = await call<Answer>('PUT', path, { body: bodyOf(value), headers });
    client.setQueryData(queryKey, answer);
    return answer.revision;
  });
  const { value, revision, keeping, error } = useSyncExternalStore(keeper.subscribe, keeper.get);
  useEffect(() => onHealed(() => void keeper.flush()), [keeper]);
  const stored = found.data;
  const isMine = value !== null && (keeping !== 'kept' || (stored?.revision ?? 0) <= (revision ?? 0));
  return {
    stored,
    value: isMine ? value : stored ? valueOf(stored) : null,
    keeping,
    error: error ?? found.error,
    change: (next) => keeper.change(next, stored?.revision ?? 0),
    keeper,
    takeTheirs: () => {
      keeper.drop();
      return client.invalidateQueries({ queryKey });
    },
  };
}
