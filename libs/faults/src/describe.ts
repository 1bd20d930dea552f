import { faultCodes, faults, type FaultCode } from './registry.js';
import type { Retry } from './row.js';

/** A code as people read it: on the page at `/errors/{code}` and in `docs/errors.md`. */
export interface FaultDescription {
  readonly code: FaultCode;
  /** HTTP status. */
  readonly http: number;
  readonly title: string;
  readonly cause: string;
  readonly fix: string;
  /** Whether trying again helps, in one sentence. */
  readonly retry: string;
}

/** What an area speaks about, in the order of the docs. */
export const faultAreas = {
  input: 'the request itself cannot be taken',
  access: 'who is asking',
  state: 'a good request meets what is stored',
  channel: 'the provider, its account, or the way there',
  store: 'the database',
  queue: 'the queue',
  config: 'the settings of a process',
  internal: 'a mistake of ours',
} as const;

const RETRY_WORDS: Readonly<Record<Retry, string>> = {
  never: 'No. The same attempt fails the same way.',
  later: 'Yes, after a pause that grows.',
  'when-told': 'Yes, after the time that the answer names.',
  'ask-first': 'Only after finding out that it did not happen.',
};

/** Describes one code. */
export function describeFault(code: FaultCode): FaultDescription {
  const { http, title, cause, fix, retry } = faults[code];
  return { code, http, title, cause, fix, retry: RETRY_WORDS[retry] };
}

/** Describes all codes, in the order of the registry. */
export function describeFaults(): FaultDescription[] {
  return faultCodes.map(describeFault);
}
