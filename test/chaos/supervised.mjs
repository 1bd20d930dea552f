import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const RESTART_AFTER_MS = 50;

/**
 * One real build of an app, started again whenever it ends.
 *
 * @typedef {object} AppOptions
 * @property {string} name
 * @property {string} script                                  compiled main
 * @property {() => Record<string, string>} env               asked before each start
 * @property {string} logFile
 * @property {(name: string, pid: number | null) => void} onPid
 */
export class Supervised {
  #options;
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null;
  #isStopping = false;
  #isReady = false;
  #isKilled = false;
  /** Ends that nobody asked for: a process that was ready and ended by itself. @type {string[]} */
  unexpected = [];
  /** Its starts and ends, for whoever studies a run. @type {{ at: number, what: string }[]} */
  life = [];
  /** When it got no processor, although it wanted to go on. @type {{ from: number, to: number }[]} */
  stalls = [];
  /** How often it ended at which named point. @type {Map<string, number>} */
  crashes = new Map();

  /** @param {AppOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get name() {
    return this.#options.name;
  }

  get isReady() {
    return this.#isReady;
  }

  /** Starts it and goes on starting it. */
  start() {
    const { name, script, env, logFile, onPid } = this.#options;
    const log = openSync(logFile, 'a');
    const vars = env();
    const reports = ['--report-on-signal', `--report-directory=${path.dirname(logFile)}`];
    const hook = vars.NODE_IMPORT ? ['--import', vars.NODE_IMPORT] : [];
    const execArgv = ['--enable-source-maps', ...reports, ...hook];
    const child = fork(script, [], { env: vars, execArgv, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.#child = child;
    this.#isReady = false;
    this.#isKilled = false;
    this.#note(`started as ${child.pid}`);
    onPid(name, child.pid ?? null);
    child.on('message', (said) => {
      if (said?.stall) return void this.stalls.push(said.stall);
      this.#isReady = true;
      this.#note('ready');
    });
    child.once('exit', (code, signal) => void this.#ended(code, signal, vars));
  }

  async #ended(code, signal, vars) {
    const wasReady = this.#isReady;
    this.#isReady = false;
    this.#note(`ended by ${signal ?? `exit code ${code}`}`);
    this.#options.onPid(this.name, null);
    if (this.#isStopping) return;
    const point = vars.PARLEY_CRASH_POINT?.split(':')[0];
    if (point && signal === 'SIGKILL' && !this.#isKilled)
      this.crashes.set(point, (this.crashes.get(point) ?? 0) + 1);
    else if (!this.#isKilled && wasReady)
      this.unexpected.push(`${this.name} ended by itself (${signal ?? code})`);
    // A process that does not come up while the database is away says so and ends: it is tried again.
    await sleep(wasReady || this.#isKilled ? RESTART_AFTER_MS : 200);
    if (!this.#isStopping) this.start();
  }

  #note(what) {
    this.life.push({ at: Date.now(), what: `${this.name} ${what}` });
  }

  /** @param {NodeJS.Signals} signal @returns {boolean} whether there was a process to be hit */
  signal(signal) {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return false;
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#isKilled = true;
    return this.#child.kill(signal);
  }

  async stop() {
    this.#isStopping = true;
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await exited;
    clearTimeout(timer);
  }
}
