import { Fault, fault, toFault } from '#libs/faults';
import type { Environment } from '#libs/config';
import { db } from './db.js';
import { say } from './say.js';
import { up } from './up.js';

const USAGE =
  'Usage: parley [up [--watch]] | doctor | db deploy [--seed]|status|dev NAME|create NAME|resolve NAME [applied]|drift|check|reset --yes|url|stop';

/**
 * Runs one command of the launcher to its end and sets the exit code: 0 done, 1 failed, 2 a difference was found.
 *
 * `up` ends with 0 also after Ctrl-C and SIGTERM, when everything has been stopped in order. A failure is one sentence
 * on the error output; its stack follows only with PARLEY_LOG_LEVEL=debug or trace.
 *
 * @param args  what follows the program's name; none means `up`
 */
export async function runCommand(args: readonly string[], env: Environment): Promise<void> {
  try {
    process.exitCode = await run(args, env);
  } catch (error) {
    console.error(describeFailure(error, isVerbose(env)));
    process.exitCode = 1;
  }
}

/** Writes a failure as a sentence; a mistake of ours keeps its stack, because its sentence says nothing. */
export function describeFailure(error: unknown, withStack: boolean): string {
  const failure = toFault(error);
  if (failure.code === 'internal/bug') return `Parley made a mistake: ${stackOf(failure.cause ?? failure)}`;
  return withStack ? `${failure.detail}\n${stackOf(failure)}` : failure.detail;
}

async function run([name = 'up', ...rest]: readonly string[], env: Environment): Promise<number> {
  if (name === 'up') return up(env, { isWatching: rest.includes('--watch') });
  if (name === 'db') return db(rest, env);
  if (name === 'doctor') return tellDiagnosis(env);
  throw fault('input/invalid', { detail: `There is no command "${name}". ${USAGE}` });
}

/** One JSON document: the command line makes words of it. */
async function tellDiagnosis(env: Environment): Promise<number> {
  const { diagnose } = await import('./doctor/index.js');
  const diagnosis = await diagnose(env);
  say(JSON.stringify(diagnosis));
  return diagnosis.findings.some(({ state }) => state === 'wrong') ? 2 : 0;
}

function isVerbose(env: Environment): boolean {
  return ['debug', 'trace'].includes(env['PARLEY_LOG_LEVEL'] ?? '');
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${error instanceof Fault ? cause : ''}`;
}
