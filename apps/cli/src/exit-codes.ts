import { ApiError, ConnectionError, TimeoutError } from '#libs/sdk';

/** What the program ends with; docs/guides/cli.md says it to people. */
export const exitCodes = {
  done: 0,
  failed: 1,
  misused: 2,
  notAllowed: 3,
  notFound: 4,
  refused: 5,
  unavailable: 6,
  different: 7,
} as const;

/** The exit code of an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return exitCodes.unavailable;
  if (!(error instanceof ApiError)) return exitCodes.failed;
  const { status } = error;
  if (status === 401 || status === 403) return exitCodes.notAllowed;
  if (status === 404 || status === 410) return exitCodes.notFound;
  return status === 429 || status >= 500 ? exitCodes.unavailable : exitCodes.refused;
}
