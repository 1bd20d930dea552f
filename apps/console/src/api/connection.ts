import { useSyncExternalStore } from 'react';

/** Whether the server answers. `lost` since an instant; healed by itself as soon as it answers again. */
export interface Connection {
  isLost: boolean;
  /** Milliseconds since 1970; null while connected. */
  since: number | null;
}

const FIRST_LOOK_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;

let now: Connection = { isLost: false, since: null };
const listeners = new Set<() => void>();
const healed = new Set<() => void>();

function become(next: Connection): void {
  now = next;
  for (const listener of listeners) listener();
}

/** Says that a call got no answer: from now on the server is asked until it answers. */
export function noteLost(): void {
  if (now.isLost) return;
  become({ isLost: true, since: Date.now() });
  lookAgain(FIRST_LOOK_MS);
}

/** Says that an answer came. */
export function noteAnswer(): void {
  if (!now.isLost) return;
  become({ isLost: false, since: null });
  for (const listener of healed) listener();
}

/** Asks the server at once instead of after the next pause. */
export async function lookNow(): Promise<void> {
  const answered = await fetch('/livez', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (answered) noteAnswer();
}

function lookAgain(waitMs: number): void {
  setTimeout(() => void lookOnce(waitMs), waitMs);
}

async function lookOnce(waitedMs: number): Promise<void> {
  if (!now.isLost) return;
  await lookNow();
  if (now.isLost) lookAgain(Math.min(waitedMs * 1.6, LONGEST_WAIT_MS));
}

/** Calls back each time that the connection is there again; returns how to stop. */
export function onHealed(listener: () => void): () => void {
  healed.add(listener);
  return () => healed.delete(listener);
}

/** The connection, for components. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => now,
  );
}

window.addEventListener('offline', noteLost);
window.addEventListener('online', () => void lookNow());
