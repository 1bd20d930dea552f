import { createReadStream, readdirSync } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fault } from '#libs/faults';

/** The file that lines are added to. */
const CURRENT = 'current.spool';
/** Ends the name of a file that nobody adds to any more. */
const CLOSED = '.closed.spool';
/** How long a new file is left alone: long enough to be written to, so that no writer finds it taken away again and again. */
const SETTLE_MS = 200;
/** Each try meets somebody who takes the file away at that very moment. */
const TRIES_MAX = 20;

interface Waiting {
  line: string;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Lines in files of one folder, on the disk before their writers are told. Any number of processes of one machine may
 * write and read at the same time, and each may be killed at any moment:
 *
 * - lines are added to one file in one write each, so their order is the order in which they were written, whoever wrote;
 * - whoever reads takes the file away first, under another name; who wrote into it meanwhile sees that and writes again;
 * - a file goes after its last line was used. Whoever dies before that leaves it, and its lines are used once more.
 *
 * A line may thus be read twice, and half a line is one that nobody was told of.
 */
export class SpoolFiles {
  readonly #folder: string;
  readonly #bytesMax: number;
  readonly #settleMs: number;
  /** The file that was met last, and when first, on a clock that nobody sets. */
  #met = { file: '', at: 0 };
  #waiting: Waiting[] = [];
  #isWriting = false;

  /**
   * @param folder    made when it is needed
   * @param bytesMax  of one file; more is refused
   * @param settleMs  how long a new file is left alone
   */
  constructor(folder: string, bytesMax: number, settleMs = SETTLE_MS) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
    this.#settleMs = settleMs;
  }

  /** Whether no process of this machine has left a line that is still to be used. */
  isEmpty(): boolean {
    return !this.#names().some((name) => name === CURRENT || name.endsWith(CLOSED));
  }

  /**
   * Adds a line, and returns when the disk has it.
   *
   * @param line  without line breaks
   * @throws Fault `store/unavailable` when the disk takes no more
   */
  async add(line: string): Promise<void> {
    await new Promise<void>((done, failed) => {
      this.#waiting.push({ line, done, failed });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  /** @returns the name of the oldest file to be used; null when there is none, or only one that is very new */
  async oldest(): Promise<string | null> {
    const [first] = this.#names()
      .filter((name) => name.endsWith(CLOSED))
      .sort();
    if (first) return first;
    if (!(await this.#isSettled())) return null;
    // Names in the order of a clock that nobody sets: two who close files at once have one order.
    const name = `${String(process.hrtime.bigint()).padStart(20, '0')}-${process.pid}${CLOSED}`;
    const isClosed = await rename(this.#path(CURRENT), this.#path(name)).then(() => true, isGone);
    return isClosed ? name : null;
  }

  /** The lines of a file, oldest first, empty ones left out. None when somebody else has used it up. */
  async *read(name: string): AsyncGenerator<string> {
    const input = createReadStream(this.#path(name));
    try {
      for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line !== '') yield line;
    } catch (error) {
      isGone(error);
    } finally {
      input.destroy();
    }
  }

  /** After its last line was used. */
  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  /** Keeps a line for a person, in a file that nobody reads. */
  async setAside(line: string): Promise<void> {
    const handle = await open(this.#path('set-aside.txt'), 'a', 0o600);
    try {
      await handle.appendFile(`${line}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async #isSettled(): Promise<boolean> {
    const current = await stat(this.#path(CURRENT)).catch(isGone);
    if (!current) return false;
    // The number of a file that is gone is soon another's.
    const file = `${current.ino} ${current.birthtimeMs}`;
    if (file !== this.#met.file) this.#met = { file, at: performance.now() };
    return performance.now() - this.#met.at >= this.#settleMs;
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#write(Buffer.from(batch.map(({ line }) => `\n${line}\n`).join('')));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#isWriting = false;
  }

  async #write(bytes: Buffer): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      const handle = await open(this.#path(CURRENT), 'a', 0o600);
      try {
        if (await this.#writeTo(handle, bytes)) return;
      } finally {
        await handle.close();
      }
    }
    throw fault('store/unavailable', { facts: { spool: 'taken away', tries: TRIES_MAX } });
  }

  /** @returns whether the file is still the one that will be used next, with the bytes in it */
  async #writeTo(handle: FileHandle, bytes: Buffer): Promise<boolean> {
    const before = await handle.stat();
    if (before.size + bytes.length > this.#bytesMax) {
      throw fault('store/unavailable', { facts: { spool: 'full', bytesMax: this.#bytesMax } });
    }
    try {
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length) throw fault('store/unavailable', { facts: { spool: 'no room' } });
      await handle.datasync();
      if (before.size === 0) await this.#syncFolder();
    } catch (error) {
      throw fault('store/unavailable', { cause: error, facts: { spool: 'not written' } });
    }
    const now = await stat(this.#path(CURRENT)).catch(() => null);
    return now !== null && now.ino === before.ino && now.dev === before.dev;
  }

  /** A file whose name is not on the disk is lost with the power. */
  async #syncFolder(): Promise<void> {
    const handle = await open(this.#folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** In one call, and not in the background: whoever hears that there is nothing goes on at once. */
  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch (error) {
      isGone(error);
      return [];
    }
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }
}

/** @returns false when the error says that the file is not there; throws every other */
function isGone(error: unknown): false {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
  throw error;
}
