import type { ProcessIdentity } from '#libs/store';
import { SupervisedProcess, type Command, type SupervisedOptions } from './supervised-process.js';

/** What a supervisor needs besides its commands. */
export interface SupervisorOptions extends SupervisedOptions {
  readonly commands: readonly Command[];
}

/**
 * Keeps a fixed set of programs running: starts them, starts again what dies, stops them all.
 *
 * A program is ready when it sends the message `ready` over its IPC channel, and ends itself when that channel closes.
 */
export class Supervisor {
  readonly #processes: readonly SupervisedProcess[];
  /** Rejects with a Fault `internal/process-failed` when a program will not run; never resolves. */
  readonly failed: Promise<never>;

  constructor({ commands, ...options }: SupervisorOptions) {
    this.#processes = commands.map((command) => new SupervisedProcess(command, options));
    this.failed = Promise.race(this.#processes.map((one) => one.failed));
    // Whoever waits for `failed` learns of it; before that it must not end the process as unhandled.
    this.failed.catch(() => undefined);
  }

  /**
   * Starts all programs at once.
   *
   * @returns when all are ready
   * @throws Fault `internal/process-failed` when one will not run
   */
  async start(): Promise<void> {
    await Promise.race([Promise.all(this.#processes.map((one) => one.start())), this.failed]);
  }

  /** Ends all programs in good order and starts them again with the environment of this moment. */
  async restart(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.restart()));
  }

  /** Ends all programs: asks, waits, then kills. Nothing is started any more. */
  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop()));
  }

  /** Kills all programs at once: for a person who has asked twice. */
  kill(): void {
    for (const one of this.#processes) one.kill();
  }

  /** The processes that run now, by the names of their commands. */
  get running(): Record<string, ProcessIdentity> {
    const entries = this.#processes.flatMap(({ name, identity }) =>
      identity === null ? [] : [[name, identity]],
    );
    return Object.fromEntries(entries) as Record<string, ProcessIdentity>;
  }
}
