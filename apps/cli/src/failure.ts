import { ApiError, isParleyError } from '#libs/sdk';
import { isFault } from '#libs/faults';
import { exitCodeOf } from './exit-codes.js';
import type { Globals, World } from './world.js';

/** Says what went wrong: a sentence for people, a document for programs. @returns the exit code */
export function tellFailure(error: unknown, { stderr }: World, { json }: Globals): number {
  if (json) stderr.write(`${JSON.stringify(documentOf(error))}\n`);
  else stderr.write(`${wordsOf(error)}\n`);
  return exitCodeOf(error);
}

function documentOf(error: unknown): object {
  if (error instanceof ApiError && error.problem) return error.problem;
  return {
    code: isFault(error) ? error.code : null,
    detail: error instanceof Error ? error.message : String(error),
  };
}

function wordsOf(error: unknown): string {
  if (error instanceof ApiError) {
    const fields = error.fields.map(({ pointer, detail }) => `\n  ${pointer || '/'}: ${detail}`);
    const about =
      error.code === null ? '' : ` (${error.code}${error.requestId ? `, ${error.requestId}` : ''})`;
    return `${error.message}${about}${fields.join('')}`;
  }
  if (isParleyError(error) || isFault(error)) return error.message.replace(/^[a-z]+\/[a-z-]+: /, '');
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
