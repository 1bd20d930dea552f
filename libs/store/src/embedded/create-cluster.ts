import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fault } from '#libs/faults';
import type { Runner } from './account.js';
import { runProgram, type Account } from './run-program.js';

/** Where a new cluster is made, and for whom. */
export interface NewCluster {
  /** The cluster's folder; the data goes to `data` inside. */
  readonly folder: string;
  readonly superuser: string;
  /** File with the superuser's password; readable by this process. */
  readonly passwordFile: string;
  /** Whether initdb flushes what it wrote to the disk. */
  readonly isSynced: boolean;
}

/**
 * Makes the data folder of a new cluster with initdb; does nothing when there is one.
 *
 * The folder gets its name when it is complete, so an initdb that was cut short is never taken for a cluster.
 * The builtin locale provider makes text sort the same on every machine, whatever locales it has.
 *
 * @throws Fault `store/cluster-failed` with initdb's own words
 */
export async function createCluster(cluster: NewCluster, runner: Runner): Promise<void> {
  const data = path.join(cluster.folder, 'data');
  if (existsSync(path.join(data, 'PG_VERSION'))) return;
  removeDrafts(cluster.folder);
  const draft = path.join(cluster.folder, `data.new.${process.pid}`);
  mkdirSync(draft, { mode: 0o700 });
  giveTo(draft, runner.account);
  await initdb(draft, cluster, runner);
  rmSync(data, { recursive: true, force: true });
  renameSync(draft, data);
}

function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('data.new.')) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

async function initdb(draft: string, cluster: NewCluster, runner: Runner): Promise<void> {
  const passwordCopy = path.join(draft, '..', 'password.copy');
  writeFileSync(passwordCopy, readFileSync(cluster.passwordFile), { mode: 0o600 });
  try {
    giveTo(passwordCopy, runner.account);
    const options = ['-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '-c', 'timezone=UTC'];
    if (!cluster.isSynced) options.push('--no-sync');
    const login = ['-U', cluster.superuser, `--pwfile=${passwordCopy}`, '--auth=scram-sha-256'];
    const args = ['-D', draft, ...login, ...options];
    const end = await runProgram({
      ...runner.account,
      file: runner.binaries.initdb,
      args,
      cwd: cluster.folder,
    });
    if (end.code === 0) return;
    throw fault('store/cluster-failed', {
      detail: `The embedded database could not be created in ${cluster.folder}: ${lastWords(end.output)} Free the cause, or set DATABASE_URL to a PostgreSQL of your own.`,
    });
  } finally {
    rmSync(passwordCopy, { force: true });
  }
}

/** The last line a program wrote, as a sentence. */
export function lastWords(output: string): string {
  const line = output.trim().split('\n').at(-1)?.trim() ?? '';
  return /[.!?]$/.test(line) ? line : `${line || 'it said nothing'}.`;
}

function giveTo(file: string, { uid, gid }: Account): void {
  if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
}
