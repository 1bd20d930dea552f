import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { identify, type ProcessIdentity } from '#libs/store';
import type { GuardOrders } from './guard-orders.js';

const RESTART_PAUSE_MS = 50;

/** The launcher's end of the guardian: starts it, tells it its orders, and starts another when it is killed. */
export class Guardian {
  readonly #onChange: () => void;
  #orders: GuardOrders = { pids: [], stopDatabase: null };
  #child: ChildProcess | null = null;
  #isDone = false;

  /** @param onChange  called when there is another guardian */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The guardian's process; null between two. */
  get identity(): ProcessIdentity | null {
    const pid = this.#child?.pid;
    return pid === undefined ? null : identify(pid);
  }

  /** Starts the guardian; it does its duty from here on. */
  async start(): Promise<void> {
    const child = fork(path.join(import.meta.dirname, 'guard.js'), [JSON.stringify(this.#orders)], {
      detached: process.platform !== 'win32',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#child = child;
    child.once('exit', () => this.#replace());
    child.on('error', () => undefined);
    await Promise.race([once(child, 'message'), once(child, 'exit')]);
    this.#tell(this.#orders);
  }

  /** Replaces a part of the orders. */
  order(change: Partial<GuardOrders>): void {
    this.#orders = { ...this.#orders, ...change };
    this.#tell(this.#orders);
  }

  /** Dismisses the guardian: everything has been stopped in order. */
  async dismiss(): Promise<void> {
    this.#isDone = true;
    const child = this.#child;
    if (child === null || !child.connected) return;
    const exited = once(child, 'exit');
    this.#tell('done');
    await exited;
  }

  #tell(message: GuardOrders | 'done'): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined);
  }

  #replace(): void {
    this.#child = null;
    this.#onChange();
    if (this.#isDone) return;
    setTimeout(() => {
      if (this.#isDone) return;
      void this.start().then(this.#onChange);
    }, RESTART_PAUSE_MS).unref();
  }
}
