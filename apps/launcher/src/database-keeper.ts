import { EmbeddedPostgres, type Program, type RunningPostgres } from '#libs/store';

const LOOK_EVERY_MS = 250;

/** What the keeper tells of. */
export interface KeeperEvents {
  readonly say: (line: string) => void;
  /** The database runs again, on another port than before. */
  readonly onMoved: () => void;
  /** The database does not come up any more. */
  readonly onFailed: (reason: unknown) => void;
}

/** Keeps the embedded database running, from start to stop. */
export class DatabaseKeeper {
  readonly #postgres: EmbeddedPostgres;
  readonly #events: KeeperEvents;
  #running: RunningPostgres | null = null;
  #recovery: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(folder: string, events: KeeperEvents) {
    this.#postgres = new EmbeddedPostgres({ folder });
    this.#events = events;
  }

  /** Connection URL; changes only when the database had to move to another port. Empty before the start. */
  get url(): string {
    return this.#running?.url ?? '';
  }

  /** Finds out how the database is run, without starting it; returns the program that stops it. */
  prepare(): Promise<Program> {
    return this.#postgres.prepare();
  }

  /** Starts the database, or takes over one that runs, and looks after it from now on. */
  async start(): Promise<RunningPostgres> {
    this.#running = await this.#postgres.start({ claim: true });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    return this.#running;
  }

  /** Resolves when the database runs, or has failed for good. */
  async whenRunning(): Promise<void> {
    this.#look();
    await this.#recovery;
  }

  /** Stops the database; nothing starts it again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#timer);
    await this.#recovery;
    if (this.#running) await this.#postgres.release();
  }

  #look(): void {
    if (this.#isStopping || this.#recovery !== null || this.#postgres.isRunning()) return;
    this.#recovery = this.#recover()
      .catch(this.#events.onFailed)
      .finally(() => (this.#recovery = null));
  }

  async #recover(): Promise<void> {
    const before = this.url;
    this.#events.say('PostgreSQL ended unexpectedly; starting it again.');
    this.#running = await this.#postgres.start({ claim: true });
    this.#events.say('PostgreSQL runs again.');
    if (this.url !== before) this.#events.onMoved();
  }
}
