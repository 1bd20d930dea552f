import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fault } from '#libs/faults';
import { chooseRunner, type Runner } from './account.js';
import { locateBinaries } from './binaries.js';
import { createCluster, lastWords } from './create-cluster.js';
import { createDatabase } from './create-database.js';
import { readLock, takeLock, type FileLock } from './file-lock.js';
import { readPidFile, type PidFile } from './pid-file.js';
import { accepts, freePort } from './ports.js';
import { identify, isAlive, programOf } from './process-identity.js';
import { runProgram, type Program } from './run-program.js';
import { logLength, readLogFrom, setLongLogAside } from './server-log.js';
import { defaultSettings, toServerOptions, type ServerSettings } from './settings.js';

const SUPERUSER = 'parley';
const DATABASE = 'parley';
const START_LOCK_TIMEOUT_MS = 90_000;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_S = 30;

/** Where an embedded server lives and how it runs. */
export interface EmbeddedPostgresOptions {
  /** Root folder of the cluster; created when missing. Holds `data`, the password, the last port and two locks. */
  readonly folder: string;
  /** Settings on top of the defaults. */
  readonly settings?: ServerSettings;
}

/** A server that runs. */
export interface RunningPostgres {
  /** Connection URL of the application's database, password included: never print it whole. */
  readonly url: string;
  /** Connection URL of the database `postgres`, for creating other databases. */
  readonly adminUrl: string;
  readonly port: number;
  /** Whether this call started it; false when it ran already. */
  readonly isNew: boolean;
}

/**
 * A real PostgreSQL from npm's files in a folder, on 127.0.0.1 and a free port that it keeps from start to start.
 *
 * Any number of processes may call `start` on one folder at once: one starts the server, the others join it. It goes on
 * running when its starter is killed; the next `start` joins it and becomes responsible for it.
 */
export class EmbeddedPostgres {
  readonly #folder: string;
  readonly #settings: ServerSettings;
  #runner: Runner | undefined;

  constructor(options: EmbeddedPostgresOptions) {
    this.#folder = path.resolve(options.folder);
    this.#settings = { ...defaultSettings, ...options.settings };
  }

  /** The server's log: what to read when it does not start. */
  get logFile(): string {
    return this.#path('data/server.log');
  }

  /**
   * Makes the folder ready and finds out how the server can be run, without starting it.
   *
   * @returns the program that stops the server, for a process that must do so after this one was killed
   * @throws Fault `store/platform-unsupported` or `store/folder-unusable`
   */
  async prepare(): Promise<Program> {
    makeFolder(this.#folder);
    this.#runner ??= await chooseRunner(await locateBinaries(), this.#folder);
    return this.#pgCtl(['stop', '-m', 'fast', '-w', '-t', String(STOP_TIMEOUT_S)]);
  }

  /**
   * Starts the server, or joins the one that runs on this folder, and creates the application's database when missing.
   *
   * @param options.claim  whether this process becomes the one whose `release` stops the server, although another one
   *   started it; without it only a server that nobody living answers for is claimed
   * @throws Fault `store/platform-unsupported`, `store/folder-unusable`, or `store/cluster-failed` with the server's words
   */
  async start({ claim = false }: { claim?: boolean } = {}): Promise<RunningPostgres> {
    await this.prepare();
    const lock = await this.#lockStart();
    try {
      await this.#create();
      const running = await this.#findRunning();
      const port = running?.port ?? (await this.#launch());
      if (claim || !running || !this.#hasOwner()) this.#writeOwner();
      await createDatabase(this.#url(port, 'postgres'), DATABASE);
      return {
        url: this.#url(port, DATABASE),
        adminUrl: this.#url(port, 'postgres'),
        port,
        isNew: running === null,
      };
    } finally {
      lock.release();
    }
  }

  /** Says whether the server's process lives; cheap enough to ask twice a second. */
  isRunning(): boolean {
    const file = readPidFile(this.#path('data/postmaster.pid'));
    return file !== null && isPostgres(file.pid);
  }

  /** Stops the server whoever started it: open transactions are rolled back, everything committed is kept. */
  async stop(): Promise<void> {
    const program = await this.prepare();
    if (!(await this.#findRunning())) return;
    await runProgram(program);
    if (this.isRunning()) await runProgram(this.#pgCtl(['stop', '-m', 'immediate', '-w']));
  }

  /**
   * Stops the server when this process answers for it.
   *
   * @returns whether it was stopped; false when another living process has claimed it
   */
  async release(): Promise<boolean> {
    const lock = await this.#lockStart();
    try {
      if (readLock(this.#path('owner'))?.pid !== process.pid) return false;
      await this.stop();
      rmSync(this.#path('owner'), { force: true });
      return true;
    } finally {
      lock.release();
    }
  }

  async #create(): Promise<void> {
    const passwordFile = this.#path('password');
    if (!existsSync(passwordFile)) {
      writeFileSync(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
    }
    const isSynced = this.#settings['fsync'] !== 'off';
    await createCluster(
      { folder: this.#folder, superuser: SUPERUSER, passwordFile, isSynced },
      this.#ready(),
    );
  }

  /** Waits for a server that is starting or recovering; null when there is none. */
  async #findRunning(): Promise<PidFile | null> {
    for (const until = Date.now() + START_TIMEOUT_MS; Date.now() < until; await sleep(50)) {
      const file = readPidFile(this.#path('data/postmaster.pid'));
      if (!file || !isPostgres(file.pid)) return null;
      if (file.isReady) return (await accepts(file.port)) ? file : null;
    }
    return null;
  }

  async #launch(): Promise<number> {
    setLongLogAside(this.logFile);
    let port = await this.#choosePort();
    for (const until = Date.now() + START_TIMEOUT_MS; ; await sleep(300)) {
      this.#dropForeignPidFile();
      const said = await this.#tryStart(port);
      if (said === null) break;
      if (isPortTaken(said)) port = await freePort();
      else if (!isPassing(said) || Date.now() > until) throw this.#startFailed(said);
    }
    writeFileSync(this.#path('port'), String(port));
    return port;
  }

  /** @returns null when it runs, else what the server said */
  async #tryStart(port: number): Promise<string | null> {
    const before = logLength(this.logFile);
    const options = toServerOptions({ ...this.#settings, port });
    const seconds = String(START_TIMEOUT_MS / 1000);
    const end = await runProgram(
      this.#pgCtl(['start', '-w', '-t', seconds, '-l', this.logFile, '-o', options]),
    );
    return end.code === 0 ? null : `${end.output}\n${readLogFrom(this.logFile, before)}`;
  }

  #startFailed(said: string): Error {
    const reason = /(?:FATAL|PANIC): +(.+)/.exec(said)?.[1] ?? said;
    return fault('store/cluster-failed', {
      detail: `The embedded database in ${this.#folder} does not start: ${lastWords(reason)} Its log is ${this.logFile}; set DATABASE_URL to use a PostgreSQL of your own.`,
    });
  }

  async #choosePort(): Promise<number> {
    const last = Number(readText(this.#path('port')));
    return last > 0 && !(await accepts(last)) ? last : freePort();
  }

  /**
   * Removes the pid file of a dead server whose number now belongs to something else: the server would refuse for ever.
   *
   * A number that is free is left to the server, which knows more about what its last run left behind.
   */
  #dropForeignPidFile(): void {
    const file = readPidFile(this.#path('data/postmaster.pid'));
    if (file && processExists(file.pid) && !isPostgres(file.pid)) rmSync(this.#path('data/postmaster.pid'));
  }

  #hasOwner(): boolean {
    const owner = readLock(this.#path('owner'));
    return owner !== null && isAlive(owner);
  }

  #writeOwner(): void {
    writeFileSync(this.#path('owner'), JSON.stringify(identify(process.pid)));
  }

  async #lockStart(): Promise<FileLock<null>> {
    for (const until = Date.now() + START_LOCK_TIMEOUT_MS; ; await sleep(50)) {
      const taken = takeLock(this.#path('start.lock'), null);
      if ('lock' in taken) return taken.lock;
      if (Date.now() > until) {
        throw fault('store/cluster-failed', {
          detail: `Another process (${taken.holder.pid}) has been starting the embedded database in ${this.#folder} for ${START_LOCK_TIMEOUT_MS / 1000} s: end it and try again.`,
        });
      }
    }
  }

  #url(port: number, database: string): string {
    return `postgresql://${SUPERUSER}:${readFileSync(this.#path('password'), 'utf8')}@127.0.0.1:${port}/${database}`;
  }

  #pgCtl(args: readonly string[]): Program {
    const { account, binaries } = this.#ready();
    return {
      ...account,
      file: binaries.pg_ctl,
      args: ['-D', this.#path('data'), ...args],
      cwd: this.#folder,
    };
  }

  #ready(): Runner {
    if (!this.#runner) throw fault('internal/bug', { detail: 'The embedded database was not prepared.' });
    return this.#runner;
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }
}

function makeFolder(folder: string): void {
  try {
    const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
    // Whatever the umask is: PostgreSQL's own account must be able to enter; what is secret inside has its own mode.
    if (isNew) chmodSync(folder, 0o755);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw fault('store/folder-unusable', {
      detail: `The folder ${folder} cannot be created (${code ?? message}): make it writable, or set PARLEY_DATA_DIR to another one.`,
      cause,
    });
  }
}

/** Where the system does not tell a process's program, the number alone has to do. */
function isPostgres(pid: number): boolean {
  if (identify(pid) === null) return false;
  const program = programOf(pid);
  return program === null || program.startsWith('postgres');
}

function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isPortTaken(said: string): boolean {
  return /Address already in use|could not create any TCP/.test(said);
}

/** After kill -9 of the server its other processes need seconds to notice; until then the shared memory is in use. */
function isPassing(said: string): boolean {
  return /pre-existing shared memory|lock file "postmaster.pid" already exists/.test(said);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
