import { useSyncExternalStore } from 'react';

/** A value that components watch and anybody may set. */
export interface Store<Value> {
  get: () => Value;
  set: (value: Value) => void;
  /** The value, in a component. */
  use: () => Value;
}

/** Makes a store with its first value. */
export function makeStore<Value>(first: Value): Store<Value> {
  let value = first;
  const listeners = new Set<() => void>();
  const get = () => value;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}
