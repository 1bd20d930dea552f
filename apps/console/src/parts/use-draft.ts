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
  const [kept] = useState(() => read<Value>(key));
  const [value, setValue] = useState<Value>(kept ?? empty);
  const set = useCallback(
    (next: Value) => {
      setValue(next);
      write(key, next);
    },
    [key],
  );
  const clear = useCallback(() => localStorage.removeItem(PREFIX + key), [key]);
  return { value, wasKept: kept !== null, set, clear };
}

function read<Value>(key: string): Value | null {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? null : (JSON.parse(text) as Value);
  } catch {
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // A full store keeps no draft; what is on the screen stays.
  }
}
