import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { isAlive, identify, readLock, type ProcessIdentity } from '#libs/store';
import { until } from './until.js';

const checkout = path.resolve(import.meta.dirname, '../..');

/**
 * Makes a house with the real launcher and other apps: a copy of what is compiled, so that gateway and worker can be
 * replaced by stand-ins and migrations be added without touching the checkout.
 *
 * @param folder  made here; whoever runs PostgreSQL must be able to enter it
 * @param app  a script in test/support/fixtures for each app
 */
export function makeHouse(folder: string, apps: { gateway: string; worker: string }): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'prisma', 'dist/libs', 'dist/apps/launcher']) {
    cpSync(path.join(checkout, name), path.join(folder, name), { recursive: true });
  }
  symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [name, script] of Object.entries(apps)) putApp(folder, name, script);
}

/** Replaces an app of a house by a script of test/support/fixtures. */
export function putApp(folder: string, name: string, script: string): void {
  cpSync(
    path.join(checkout, 'test/support/fixtures', script),
    path.join(folder, `dist/apps/${name}/src/main.js`),
    {
      recursive: true,
    },
  );
}

/** A launcher that was started, with everything it has said. */
export class Launched {
  readonly #child: ChildProcess;
  readonly #dataFolder: string;
  readonly #exited: Promise<number | string>;
  /** What it wrote to both outputs. */
  output = '';

  /**
   * @param house  a checkout or a house of `makeHouse`
   * @param args  what follows the launcher's name
   * @param env  settings on top of PATH; PARLEY_DATA_DIR must be among them
   */
  constructor(
    house: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> & { PARLEY_DATA_DIR: string },
  ) {
    this.#dataFolder = env.PARLEY_DATA_DIR;
    this.#child = spawn(process.execPath, [path.join(house, 'dist/apps/launcher/src/main.js'), ...args], {
      cwd: house,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => (this.output += bytes.toString()));
    this.#child.stderr?.on('data', (bytes: Buffer) => (this.output += bytes.toString()));
    this.#exited = once(this.#child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits for a line. */
  async says(words: string, withinMs = 20_000): Promise<void> {
    await until(
      `"${words}" in\n${this.output}`,
      () => this.output.includes(words) || this.#hasEnded(),
      withinMs,
    );
    if (!this.output.includes(words)) throw new Error(`It ended without "${words}":\n${this.output}`);
  }

  /** Waits for its end; returns the exit code, or the signal that ended it. */
  ends(): Promise<number | string> {
    return this.#exited;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Every process of the run at this moment: the launcher, the embedded database, the guardian, the apps. */
  processes(): ProcessIdentity[] {
    const own = [this.pid, this.databasePid()].flatMap((pid) => identify(pid) ?? []);
    return [...own, ...Object.values(this.#noted())];
  }

  /** The process of an app or of the guardian; 0 when there is none. */
  pidOf(name: 'guardian' | 'gateway' | 'worker'): number {
    return this.#noted()[name]?.pid ?? 0;
  }

  /** The process of the embedded database; 0 when there is none. */
  databasePid(): number {
    try {
      return Number(
        readFileSync(path.join(this.#dataFolder, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0],
      );
    } catch {
      return 0;
    }
  }

  #noted(): Readonly<Record<string, ProcessIdentity>> {
    const file = path.join(this.#dataFolder, 'launcher.lock');
    return readLock<{ processes: Record<string, ProcessIdentity> }>(file)?.note.processes ?? {};
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** Waits until none of these processes lives. */
export async function allGone(processes: readonly ProcessIdentity[]): Promise<void> {
  await until('no process is left', () => !processes.some(isAlive), 30_000);
}
