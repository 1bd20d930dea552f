import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/**
 * Everything that is or would be committed: tracked files and new ones that are not ignored.
 *
 * @returns {string[]} paths from the root with `/`, sorted
 */
export function repositoryFiles() {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .sort();
}

/**
 * The text of a file of the repository.
 *
 * @param {string} path
 */
export function readText(path) {
  return readFileSync(join(root, path), 'utf8');
}

/**
 * Prints problems, one a line, and makes the process fail if there are any.
 *
 * @param {string} what  what was looked at, for the line that says all is well
 * @param {readonly string[]} problems
 */
export function report(what, problems) {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  console.log(problems.length > 0 ? `${problems.length} problems` : `${what}: nothing to say`);
}
