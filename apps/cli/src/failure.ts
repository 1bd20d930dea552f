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
  return ofFile(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** What there is to say of a file that cannot be read or written; null when it is about none. */
function ofFile(error: unknown): string | null {
  const { code = '', path, message } = error as NodeJS.ErrnoException;
  if (path === undefined) return null;
  const known: Record<string, string> = {
    EEXIST: `${path} is there already, and is not written over: name another file.`,
    ENOENT: `${path} is not there.`,
    EACCES: `You may not read or write ${path}.`,
    EISDIR: `${path} is a folder: name a file.`,
  };
  return known[code] ?? message;
}
