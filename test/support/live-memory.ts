import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is really held: heap and buffers after everything has been collected that can be. */
export class LiveMemory {
  readonly #collect: () => void;
  #peakBytes = 0;
  #beforeBytes = 0;
  #sinceBytes = 0;

  /** @param everyBytes  a look, which takes tens of milliseconds, after so many bytes have passed */
  constructor(private readonly everyBytes: number) {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
  }

  /** From here on; what was held before does not count. */
  begin(): void {
    this.#beforeBytes = this.#now();
    this.#peakBytes = this.#beforeBytes;
    this.#sinceBytes = 0;
  }

  /** So many bytes went by. */
  passed(bytes: number): void {
    this.#sinceBytes += bytes;
    if (this.#sinceBytes < this.everyBytes) return;
    this.#sinceBytes = 0;
    this.#peakBytes = Math.max(this.#peakBytes, this.#now());
  }

  /** Most that was held at a look, beyond what was held in the beginning; in megabytes. */
  get peakMb(): number {
    return (this.#peakBytes - this.#beforeBytes) / 1_048_576;
  }

  #now(): number {
    // The first one's buffers are let go of beside what goes on; the second waits for that.
    this.#collect();
    this.#collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }
}
