import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fault } from '#libs/faults';
import { identify, type ProcessIdentity } from '#libs/store';
import { killGroup } from './kill-group.js';
import { defaultRestartPolicy, RestartCounter, type RestartPolicy } from './restart-policy.js';

/** A program to keep running. */
export interface Command {
  /** What people call it, for example `gateway`. */
  readonly name: string;
  /** Absolute path of a JavaScript file. */
  readonly script: string;
  /** Where its output goes; null lets it write to ours. */
  readonly logFile: string | null;
}

/** What all supervised programs share. */
export interface SupervisedOptions {
  /** Asked before each start, so that a restart sees what has changed. */
  readonly env: () => NodeJS.ProcessEnv;
  /** Takes one sentence for the person at the terminal. */
  readonly say: (line: string) => void;
  /** Called whenever a program has started or ended. */
  readonly onChange?: () => void;
  /** Waited for before each restart: what the program cannot start without. */
  readonly whenStartable?: () => Promise<void>;
  readonly policy?: RestartPolicy;
}

/** One program that is kept running. */
export class SupervisedProcess {
  readonly #command: Command;
  readonly #options: SupervisedOptions;
  readonly #policy: RestartPolicy;
  readonly #counter: RestartCounter;
  /** Rejects with a Fault `internal/process-failed` when the program will not run; never resolves. */
  readonly failed: Promise<never>;
  #giveUp: (reason: Error) => void = () => undefined;
  #life: Life | null = null;
  #isStopped = false;

  constructor(command: Command, options: SupervisedOptions) {
    this.#command = command;
    this.#options = options;
    this.#policy = options.policy ?? defaultRestartPolicy;
    this.#counter = new RestartCounter(this.#policy);
    this.failed = new Promise((_, reject) => {
      this.#giveUp = reject;
    });
    this.failed.catch(() => undefined);
  }

  /** What people call it. */
  get name(): string {
    return this.#command.name;
  }

  /** The process that runs now; null between a death and the next start. */
  get identity(): ProcessIdentity | null {
    return this.#life?.identity ?? null;
  }

  /** Starts the program; resolves when it is ready, be it after some deaths. */
  async start(): Promise<void> {
    if (this.#isStopped) return;
    const life = this.#begin();
    const wasReady = await life.ready;
    if (wasReady) {
      void this.#follow(life);
    } else if (await this.#afterDeath(life)) {
      await this.start();
    }
  }

  /** Ends the program in good order and starts it again; resolves when it is ready. */
  async restart(): Promise<void> {
    await this.#life?.end(this.#policy.endWithinMs);
    await this.start();
  }

  /** Ends the program in good order, and for good. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#life?.end(this.#policy.endWithinMs);
  }

  /** Kills the program; it is started again unless it is being stopped. */
  kill(): void {
    this.#life?.kill();
  }

  #begin(): Life {
    const life = new Life(this.#command, this.#options.env(), this.#policy.readyWithinMs);
    this.#life = life;
    this.#options.onChange?.();
    return life;
  }

  /** Keeps the program running from the moment it has become ready; never rejects. */
  async #follow(life: Life): Promise<void> {
    if (!(await this.#afterDeath(life))) return;
    await this.start();
    if (!this.#isStopped) this.#options.say(`The ${this.#command.name} is ready again.`);
  }

  /** @returns whether the program is to be started again, after the pause that this takes */
  async #afterDeath(life: Life): Promise<boolean> {
    const words = await life.exited;
    if (this.#life === life) this.#life = null;
    this.#options.onChange?.();
    if (life.isEnding || this.#isStopped) return false;
    const verdict = this.#counter.died(performance.now(), life.readySince);
    if (verdict === 'give-up') this.#giveUp(this.#failure(words));
    if (verdict === 'give-up') return false;
    this.#options.say(`The ${this.#command.name} ended unexpectedly (${words}); starting it again.`);
    await sleep(verdict.pauseMs, undefined, { ref: false });
    await this.#options.whenStartable?.();
    // A restart that was asked for in the meantime has been faster.
    return this.#life === null;
  }

  #failure(words: string): Error {
    const { name, logFile } = this.#command;
    const { deathsMax } = this.#policy;
    return fault('internal/process-failed', {
      detail: `The ${name} ended ${deathsMax} times before it was ready (last: ${words}): ${logFile === null ? 'the reason is above' : `the reason is in ${logFile}`}.`,
      facts: { name },
    });
  }
}

/** One process, from its start to its end. */
class Life {
  readonly #child: ChildProcess;
  readonly identity: ProcessIdentity | null;
  /** Whether it became ready; false when it ended before. */
  readonly ready: Promise<boolean>;
  /** How it ended, in words. */
  readonly exited: Promise<string>;
  /** In milliseconds of `performance.now()`; null until it is ready. */
  readySince: number | null = null;
  /** Its end is wanted. */
  isEnding = false;

  constructor(command: Command, env: NodeJS.ProcessEnv, readyWithinMs: number) {
    this.#child = forkApart(command, env);
    const { pid } = this.#child;
    this.identity = pid === undefined ? null : (identify(pid) ?? { pid, startedAt: '' });
    this.exited = this.#watchExit(pid);
    this.ready = this.#watchReady(readyWithinMs);
  }

  /** Asks it to end, and kills it when it has not after some time. */
  async end(withinMs: number): Promise<void> {
    this.isEnding = true;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), withinMs);
    await this.exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #watchExit(pid: number | undefined): Promise<string> {
    return new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => {
        // What it had started itself must not outlive it: a second one would meet the first.
        if (pid !== undefined) killGroup(pid);
        resolve(signal === null ? `exit code ${code}` : signal);
      });
    });
  }

  #watchReady(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.kill(), withinMs);
      const settle = (isReady: boolean): void => {
        clearTimeout(timer);
        resolve(isReady);
      };
      this.#child.on('message', (message) => {
        if (message !== 'ready') return;
        this.readySince ??= performance.now();
        settle(true);
      });
      void this.exited.then(() => settle(false));
    });
  }
}

/**
 * Starts a program with an IPC channel and in a process group of its own: a terminal's Ctrl-C then reaches only this
 * process, which stops the others in order.
 */
function forkApart({ script, logFile }: Command, env: NodeJS.ProcessEnv): ChildProcess {
  const log = logFile === null ? ('inherit' as const) : openSync(logFile, 'a');
  try {
    return fork(script, [], {
      env,
      execArgv: ['--enable-source-maps'],
      detached: process.platform !== 'win32',
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    if (typeof log === 'number') closeSync(log);
  }
}
