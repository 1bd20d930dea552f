import { fault } from '#libs/faults';

/** Sends and files go over the linked browser: see `open.ts`. Whoever comes here holds none. */
export const onlyOverConnection = (): Promise<never> =>
  Promise.reject(
    fault('channel/not-connected', { detail: 'This channel sends over its linked browser only.' }),
  );
