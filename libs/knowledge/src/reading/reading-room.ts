import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fault, isFaultCode } from '#libs/faults';
import { type Readable, readingLimits, type ReadDocument } from './document.js';

/** What the thread says when it is done. */
export type Told = { document: ReadDocument } | { code: string; detail: string };

/** Reads documents apart from everything else. */
export interface DocumentReader {
  /**
   * @throws what `readDocument` throws; `input/unreadable` when it takes more time or memory than it may
   */
  read(file: Readable, signal?: AbortSignal): Promise<ReadDocument>;
}

/** How often the memory of the process is looked at while a document is read: a parser unpacks about 1 MB in a millisecond. */
const LOOK_EVERY_MS = 50;

/**
 * Reads each document in a thread of its own that is thrown away afterwards: one that takes a minute or a gigabyte ends
 * its thread and nothing else.
 */
export class ReadingRoom implements DocumentReader {
  #readings = 0;

  constructor(
    private readonly limits: { timeoutMs: number; heapMb: number; grownMb: number } = readingLimits,
  ) {}

  read(file: Readable, signal?: AbortSignal): Promise<ReadDocument> {
    const { timeoutMs, heapMb, grownMb } = this.limits;
    const rssMax = process.memoryUsage.rss() + grownMb * 1_000_000;
    this.#readings++;
    const worker = new Worker(threadFile(), {
      workerData: file,
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 },
      stdout: true,
      stderr: true,
    });
    return new Promise<ReadDocument>((resolve, reject) => {
      const watch = setInterval(() => {
        if (process.memoryUsage.rss() > rssMax) reject(this.#grown());
      }, LOOK_EVERY_MS);
      const late = setTimeout(() => reject(tooHeavy(`more than ${timeoutMs / 1_000} s`)), timeoutMs);
      const stopped = (): void => reject(fault('state/unavailable', { detail: 'The reading was stopped.' }));
      signal?.addEventListener('abort', stopped, { once: true });
      if (signal?.aborted) stopped();
      worker.on('message', (told: Told) => {
        if ('document' in told) resolve(told.document);
        else reject(fault(isFaultCode(told.code) ? told.code : 'internal/bug', { detail: told.detail }));
      });
      worker.on('error', () => reject(tooHeavy('more memory than it may')));
      worker.on('exit', () => reject(tooHeavy('more memory than it may')));
      worker.once('exit', () => {
        clearInterval(watch);
        clearTimeout(late);
        this.#readings--;
      });
      worker.once('exit', () => signal?.removeEventListener('abort', stopped));
    }).finally(() => void worker.terminate());
  }

  /** Of several documents nobody can tell which one it was: they are read again later. */
  #grown(): Error {
    if (this.#readings === 1) return tooHeavy('more memory than it may');
    return fault('state/unavailable', { detail: 'Documents that are read together took too much memory.' });
  }
}

function tooHeavy(what: string): Error {
  return fault('input/unreadable', { detail: `Reading the document took ${what}.` });
}

/** Beside this file once compiled; tests that run the sources use what was compiled last. */
function threadFile(): string {
  const beside = fileURLToPath(new URL('./read-thread.js', import.meta.url));
  const root = path.resolve(path.dirname(beside), '../../../..');
  return existsSync(beside) ? beside : path.join(root, 'dist', path.relative(root, beside));
}
