import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { programs } from './programs.js';
import { until } from './until.js';

/** Python's own module makes the terminal: the program cannot tell it from one that a person sits at. */
const DRIVER = `import os, pty, sys
status = pty.spawn(["/bin/sh", "-c", 'stty rows 60 cols 160; exec "$@"', "sh", *sys.argv[1:]])
sys.exit(os.waitstatus_to_exitcode(status))`;

/** Keys that are no letters. */
export const keys = {
  enter: '\r',
  down: '\u001B[B',
  up: '\u001B[A',
  escape: '\u001B',
  end: '\u0004',
} as const;

/** A program that runs in a terminal, and somebody who reads and types. */
export class PseudoTerminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | string>;
  /** Everything it wrote, with its colours and movements. */
  raw = '';
  #read = 0;

  /** @param command  a program and its arguments */
  constructor(command: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(programs.python3 ?? 'python3', ['-c', DRIVER, ...command], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TERM: 'xterm-256color', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.raw += text));
    this.#ended = once(this.#child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  /** What it wrote, without colours and movements. */
  get text(): string {
    return stripVTControlCharacters(this.raw);
  }

  /** Waits for words after those that were waited for before. @returns them and what follows */
  async reads(words: string | RegExp, withinMs = 20_000): Promise<string> {
    const found = await this.#until(String(words), withinMs, () => {
      const fresh = this.text.slice(this.#read);
      const at = typeof words === 'string' ? fresh.indexOf(words) : fresh.search(words);
      return at < 0 ? null : { at, fresh };
    });
    this.#read += found.at + 1;
    return found.fresh.slice(found.at);
  }

  type(...what: string[]): void {
    for (const one of what) this.#child.stdin?.write(one);
  }

  /** Waits for the end of the program. @returns its exit code, or what ended it */
  async ends(withinMs = 20_000): Promise<number | string> {
    const { code } = await this.#until('its end', withinMs, async () => {
      const code = await Promise.race([this.#ended, Promise.resolve(null)]);
      return code === null ? null : { code };
    });
    return code;
  }

  /** Ends it, whatever it does. */
  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** As `until`; says what stood on the screen when it does not come. */
  async #until<T>(what: string, withinMs: number, look: () => T | Promise<T>): Promise<NonNullable<T>> {
    try {
      return await until(what, look, withinMs);
    } catch (error) {
      throw new Error(`${(error as Error).message}\nThe screen:\n${this.text}`, { cause: error });
    }
  }
}
