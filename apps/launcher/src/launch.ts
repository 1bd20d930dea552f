import path from 'node:path';
import type { Environment, LauncherConfig } from '#libs/config';
import { checkDatabase, programEnvironment, type FileLock } from '#libs/store';
import { checkPort } from './check-port.js';
import { checkRedis } from './check-redis.js';
import { lockDataFolder, openDataFolder, type RunNote } from './data-folder.js';
import { DatabaseKeeper } from './database-keeper.js';
import { startDemoService } from './demo-service/demo-service.js';
import { deploy, root } from './deploy.js';
import { Guardian } from './guardian.js';
import { capLogs } from './logs.js';
import { defaultRestartPolicy } from './restart-policy.js';
import { say } from './say.js';
import { keepSecretKey } from './secret-key.js';
import { seed, tellFirstStart, type FirstStart } from './seed.js';
import { Supervisor } from './supervisor.js';
import { watchDist } from './watch-dist.js';

const APPS = ['gateway', 'worker'] as const;
const LOG_LOOK_EVERY_MS = 60_000;

/** One run of Parley under the launcher: what was started, and how it is stopped again in the opposite order. */
export class Launch {
  readonly #config: LauncherConfig;
  readonly #env: Environment;
  readonly #isWatching: boolean;
  /** Undoes what was done; the last one first. */
  readonly #undo: (() => Promise<void> | void)[] = [];
  readonly #guardian = new Guardian(() => this.#describe());
  #lock: FileLock<RunNote> | null = null;
  #database: DatabaseKeeper | null = null;
  #supervisor: Supervisor | null = null;
  #firstStart: FirstStart | null = null;
  #starting: Promise<void> = Promise.resolve();
  #isStopping = false;
  #demoUrl: string | undefined;
  #fail: (reason: unknown) => void = () => undefined;
  readonly #failed = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });

  constructor(config: LauncherConfig, env: Environment, options: { isWatching: boolean }) {
    this.#config = config;
    this.#env = env;
    this.#isWatching = options.isWatching;
    this.#failed.catch(() => undefined);
  }

  /** Starts everything and keeps it running; never resolves. @throws Fault when that is not possible (any more) */
  async run(): Promise<never> {
    this.#starting = this.#start();
    await Promise.race([this.#starting, this.#failed]);
    return this.#failed;
  }

  /** Stops everything that was started, apps first and the database last; waits for a start that is under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#supervisor?.stop();
    await Promise.allSettled([this.#starting]);
    const ends: PromiseSettledResult<void>[] = [];
    for (const undo of this.#undo.toReversed()) ends.push(...(await Promise.allSettled([attempt(undo)])));
    // Made, but never shown because something failed afterwards: this is the only time it can be told.
    this.#tellFirstStart();
    // One thing that cannot be stopped keeps nothing else from being stopped; then it is told.
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** Kills gateway and worker: for a person who has asked twice. */
  kill(): void {
    this.#supervisor?.kill();
  }

  async #start(): Promise<void> {
    const steps = [
      () => this.#takeFolder(),
      () => this.#checkPlaces(),
      () => this.#startGuardian(),
      () => this.#startDatabase(),
      () => this.#fillDatabase(),
      () => this.#startDemo(),
      () => this.#startApps(),
    ];
    for (const step of steps) {
      if (this.#isStopping) return;
      await step();
    }
    this.#announce();
  }

  async #takeFolder(): Promise<void> {
    const { data, http } = this.#config;
    openDataFolder(data.dir);
    const lock = await lockDataFolder(data.dir, http.publicUrl, say);
    this.#lock = lock;
    this.#undo.push(() => lock.release());
  }

  async #checkPlaces(): Promise<void> {
    const { http, database, queue } = this.#config;
    await checkPort(http.host, http.port);
    if (database.url !== undefined) await checkDatabase(database.url);
    const warning = queue.redisUrl === undefined ? null : await checkRedis(queue.redisUrl);
    if (warning !== null) say(warning);
  }

  async #startGuardian(): Promise<void> {
    this.#undo.push(() => this.#guardian.dismiss());
    await this.#guardian.start();
    this.#describe();
  }

  async #startDatabase(): Promise<void> {
    if (this.#config.database.url !== undefined) return;
    const folder = path.join(this.#config.data.dir, 'postgres');
    const database = new DatabaseKeeper(folder, {
      say,
      onMoved: () => void this.#supervisor?.restart(),
      onFailed: this.#fail,
    });
    this.#database = database;
    const program = { ...(await database.prepare()), env: programEnvironment };
    this.#guardian.order({ stopDatabase: { ...program, isStarting: true } });
    this.#undo.push(() => database.stop());
    const { port } = await database.start();
    this.#guardian.order({ stopDatabase: { ...program, isStarting: false } });
    say(`PostgreSQL runs on port ${port}; its data is in ${folder}.`);
  }

  async #fillDatabase(): Promise<void> {
    const changes = await deploy(this.#databaseUrl());
    if (changes.length > 0) say(`The database was brought up to date: ${changes.join(', ')}.`);
    this.#firstStart = await seed(this.#databaseUrl(), this.#config.data.dir, this.#env);
  }

  /** What the bot of the demo calls; one that was named from outside stays. */
  async #startDemo(): Promise<void> {
    if (this.#config.egress.demoServiceUrl !== undefined) return;
    const service = await startDemoService(path.join(this.#config.data.dir, 'demo-service.json'));
    this.#demoUrl = service.url;
    this.#undo.push(() => service.close());
  }

  async #startApps(): Promise<void> {
    const env = this.#appEnvironment();
    const logs = APPS.map((name) => path.join(this.#config.data.dir, 'logs', `${name}.log`));
    const supervisor = new Supervisor({
      commands: APPS.map((name, index) => ({
        name,
        script: path.join(root, `dist/apps/${name}/src/main.js`),
        logFile: this.#isWatching ? null : (logs[index] ?? null),
      })),
      env: () => ({ ...env, DATABASE_URL: this.#databaseUrl() }),
      say,
      onChange: () => this.#describe(),
      whenStartable: async () => this.#database?.whenRunning(),
      policy: { ...defaultRestartPolicy, ...(this.#isWatching ? { deathsMax: Infinity } : {}) },
    });
    this.#supervisor = supervisor;
    this.#undo.push(() => supervisor.stop());
    supervisor.failed.catch(this.#fail);
    this.#lookAfter(logs);
    await supervisor.start();
  }

  #lookAfter(logs: readonly string[]): void {
    capLogs(logs);
    const timer = setInterval(() => capLogs(logs), LOG_LOOK_EVERY_MS);
    this.#undo.push(() => clearInterval(timer));
    if (!this.#isWatching) return;
    let turn = Promise.resolve();
    const watcher = watchDist(path.join(root, 'dist'), () => {
      turn = turn.then(() => this.#supervisor?.restart());
    });
    this.#undo.push(() => watcher.close());
  }

  #announce(): void {
    if (this.#isStopping) return;
    say(`Parley is ready at ${this.#config.http.publicUrl}`);
    this.#tellFirstStart();
  }

  #tellFirstStart(): void {
    tellFirstStart(this.#firstStart);
    this.#firstStart = null;
  }

  #appEnvironment(): Environment {
    const { data, http, hasSecretKey, database } = this.#config;
    const env = {
      ...this.#env,
      PARLEY_DATA_DIR: data.dir,
      PARLEY_PUBLIC_URL: http.publicUrl,
      ...(this.#demoUrl !== undefined && { PARLEY_DEMO_SERVICE: this.#demoUrl }),
    };
    if (hasSecretKey) return env;
    const { file, key } = keepSecretKey(data.dir);
    if (database.url !== undefined) {
      say(
        `PARLEY_SECRET_KEY is not set: the key in ${file} seals the secrets; every machine on this database needs the same one.`,
      );
    }
    return { ...env, PARLEY_SECRET_KEY: key };
  }

  #databaseUrl(): string {
    return this.#config.database.url ?? this.#database?.url ?? '';
  }

  /** Tells the guardian, and the next launcher, which processes there are. */
  #describe(): void {
    const apps = this.#supervisor?.running ?? {};
    const guardian = this.#guardian.identity;
    this.#guardian.order({ pids: Object.values(apps).map((one) => one.pid) });
    const processes = { ...(guardian === null ? {} : { guardian }), ...apps };
    try {
      this.#lock?.describe({ address: this.#config.http.publicUrl, processes });
    } catch {
      // A full disk: the note only helps the next launcher after a kill -9, and must not end this one.
    }
  }
}

async function attempt(work: () => Promise<void> | void): Promise<void> {
  await work();
}
