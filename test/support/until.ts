import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until something holds, looking every 25 ms.
 *
 * @param what  completes the sentence "Not within N s: …"
 * @param look  returns what was waited for, or something falsy
 * @throws Error when it does not come to hold in time
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs = 30_000,
): Promise<NonNullable<T>> {
  for (const end = Date.now() + withinMs; ; await sleep(25)) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Not within ${withinMs / 1000} s: ${what}`);
  }
}
