/** Says which test mail a mail is. */
export const PROBE_HEADER = 'X-Parley-Probe';

/** The conversation that a test mail answers: one that never is. */
export const threadOfProbe = (nonce: string): string => `probe:${nonce}`;

/** How a test mail is told that came back, in its conversation or astray. */
export const eventKeyOfProbe = (nonce: string, isHome: boolean): string =>
  `probe:${isHome ? 'home' : 'astray'}:${nonce}`;
