import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { fault } from '#libs/faults';
import type { Binaries } from './binaries.js';
import { runProgram, type Account } from './run-program.js';

/** Where a copy of the programs goes when the account cannot reach the installed ones. */
const SHARED_FOLDER = '/var/lib/parley';

/** The account PostgreSQL runs as, and the programs it can reach. */
export interface Runner {
  readonly account: Account;
  readonly binaries: Binaries;
}

/**
 * Chooses the account for PostgreSQL, which refuses to run as root: as root, an existing unprivileged one; else ours.
 *
 * No account is ever created. When the checkout lies in a folder that the account cannot enter (`/root` has mode 0700),
 * the programs are copied once to `/var/lib/parley`.
 *
 * @param folder  the cluster's folder; must exist
 * @throws Fault `store/platform-unsupported` when root has no such account, `store/folder-unusable` when the account
 *   cannot enter the folder
 */
export async function chooseRunner(binaries: Binaries, folder: string): Promise<Runner> {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return { account: {}, binaries };
  const { name, ...account } = unprivilegedAccount(readFileSync('/etc/passwd', 'utf8'));
  const reachable = (await canRun(binaries.postgres, account)) ? binaries : copyToSharedFolder(binaries);
  if (!(await canEnter(folder, account))) {
    throw fault('store/folder-unusable', {
      detail: `PostgreSQL does not run as root, and the account ${name} that it runs as cannot enter ${folder}: set PARLEY_DATA_DIR to a folder that it can enter (for example ${SHARED_FOLDER}/data), start as an ordinary user, or set DATABASE_URL.`,
    });
  }
  return { account, binaries: reachable };
}

/**
 * Picks `postgres`, else `nobody`, from the text of `/etc/passwd`.
 *
 * @throws Fault `store/platform-unsupported` when it has neither
 */
export function unprivilegedAccount(passwd: string): { name: string; uid: number; gid: number } {
  const rows = passwd.split('\n').map((line) => line.split(':'));
  const row = rows.find(([name]) => name === 'postgres') ?? rows.find(([name]) => name === 'nobody');
  if (row) return { name: row[0] ?? '', uid: Number(row[2]), gid: Number(row[3]) };
  throw fault('store/platform-unsupported', {
    detail:
      'PostgreSQL does not run as root, and there is no account "postgres" or "nobody" to run it as: start as an ordinary user, or set DATABASE_URL.',
  });
}

async function canRun(file: string, account: Account): Promise<boolean> {
  return (await runProgram({ ...account, file, args: ['--version'], cwd: '/' })).code === 0;
}

async function canEnter(folder: string, account: Account): Promise<boolean> {
  const args = ['-c', 'cd "$1"', 'sh', folder];
  return (await runProgram({ ...account, file: '/bin/sh', args, cwd: '/' })).code === 0;
}

function copyToSharedFolder(binaries: Binaries): Binaries {
  const target = path.join(SHARED_FOLDER, `postgres-${statSync(binaries.postgres).size}`);
  if (!existsSync(path.join(target, 'bin/postgres'))) {
    mkdirSync(SHARED_FOLDER, { recursive: true });
    chmodSync(SHARED_FOLDER, 0o755);
    const draft = `${target}.${process.pid}`;
    cpSync(path.resolve(path.dirname(binaries.postgres), '..'), draft, {
      recursive: true,
      verbatimSymlinks: true,
    });
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  }
  const program = (name: string): string => path.join(target, 'bin', name);
  return { postgres: program('postgres'), initdb: program('initdb'), pg_ctl: program('pg_ctl') };
}
