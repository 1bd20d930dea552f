import { useCallback, useState } from 'react';

const PREFIX = 'parley.draft.';

/** What somebody typed and has not sent yet: kept in this browser until it is sent or thrown away. */
export interface Draft<Value> {
  value: Value;
  /** Whether it was there before this screen was opened. */
  wasKept: boolean;
  set: (value: Value) => void;
  clear: () => void;
}

/**
 * Keeps a draft over reloads and lost connections. Never give it a secret.
 *
 * @param key  the screen and what it is about
 */
export function useDraft<Value>(key: string, empty: Value): Draft<Value> {
  const [kept] = useState(() => readDraft<Value>(key));
  const [value, setValue] = useState<Value>(kept ?? empty);
  const set = useCallback(
    (next: Value) => {
      setValue(next);
      writeDraft(key, next);
    },
    [key],
  );
  const clear = useCallback(() => removeDraft(key), [key]);
  return { value, wasKept: kept !== null, set, clear };
}

/** What is kept under a key; null when nothing is. */
export function readDraft<Value>(key: string): Value | null {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? null : (JSON.parse(text) as Value);
  } catch {
    return null;
  }
}

/** Keeps a value under a key. */
export function writeDraft(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // A full store keeps no draft; what is on the screen stays.
  }
}

/** Forgets what is kept under a key. */
export function removeDraft(key: string): void {
  localStorage.removeItem(PREFIX + key);
}
