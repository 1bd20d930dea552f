import type { KeyObject } from 'node:crypto';
import { type Fault, isFault, toFault } from '#libs/faults';
import type { NewInboxEvent } from '../pipeline/inbox.js';
import type { Keyring } from '../sealing/keyring.js';
import { openText, sealText, type SealedPlace } from '../sealing/sealed-text.js';
import { SpoolFiles } from './spool-files.js';

/** What the key of the spool is derived for: it needs no database to open what was kept while there was none. */
const PURPOSE = 'parley spool v1';
const PLACE: SealedPlace = { workspace: '', table: 'spool', column: 'events', row: '' };
/** Requests that are handed out together. */
const TOGETHER = 50;

/** What one request of a provider held. */
export interface SpooledRequest {
  connector: string;
  events: NewInboxEvent[];
}

/** What became of what was kept. */
export interface Drained {
  /** Requests that were taken. */
  taken: number;
  /** Why requests were put aside; they are in `set-aside.txt` of the folder, sealed. */
  setAside: Fault[];
}

/** @throws Fault `store/unavailable`: nothing is certain; any other error is about what was handed out */
export type TakeRequests = (requests: SpooledRequest[]) => Promise<void>;

/** Keeps what providers told us, sealed, on this machine's disk, for as long as there is no database to keep it. */
export class EventSpool {
  readonly #files: SpoolFiles;
  readonly #keys: ReadonlyMap<number, KeyObject>;
  readonly #current: number;

  /**
   * @param folder    on a disk that outlives the process; processes of one machine share it
   * @param bytesMax  of a file in it; what no longer fits is refused
   * @param settleMs  how long a new file is left to its writers
   */
  constructor(folder: string, bytesMax: number, keyring: Keyring, settleMs?: number) {
    this.#files = new SpoolFiles(folder, bytesMax, settleMs);
    this.#keys = keyring.derive(PURPOSE);
    this.#current = keyring.current;
  }

  /** Whether nothing waits for the database, of whichever process of this machine. */
  isEmpty(): boolean {
    return this.#files.isEmpty();
  }

  /**
   * Keeps what a request held; it is on the disk when this returns.
   *
   * @throws Fault `store/unavailable` when the disk takes no more
   */
  async add({ connector, events }: SpooledRequest): Promise<void> {
    const plain = events.map((event) => ({ ...event, raw: Buffer.from(event.raw).toString('base64') }));
    const text = JSON.stringify({ connector, events: plain });
    await this.#files.add(sealText(this.#keys, this.#current, PLACE, text));
  }

  /**
   * Hands out everything that is kept, oldest first, and forgets what was taken. What is refused by itself, or cannot be
   * opened any more, is put aside for a person.
   *
   * @param take  stores requests in their order, all or none of them; may be given some that were stored before
   * @throws Fault `store/unavailable` of `take`: everything stays, and is handed out again next time
   */
  async drain(take: TakeRequests): Promise<Drained> {
    const drained: Drained = { taken: 0, setAside: [] };
    for (let name = await this.#files.oldest(); name; name = await this.#files.oldest()) {
      let lines: string[] = [];
      for await (const line of this.#files.read(name)) {
        lines.push(line);
        if (lines.length < TOGETHER) continue;
        await this.#handOut(lines, take, drained);
        lines = [];
      }
      await this.#handOut(lines, take, drained);
      await this.#files.remove(name);
    }
    return drained;
  }

  async #handOut(lines: readonly string[], take: TakeRequests, drained: Drained): Promise<void> {
    if (lines.length === 0) return;
    try {
      await take(lines.map((line) => this.#open(line)));
      drained.taken += lines.length;
    } catch (error) {
      if (isFault(error, 'store/unavailable')) throw error;
      if (lines.length > 1) {
        for (const line of lines) await this.#handOut([line], take, drained);
        return;
      }
      await this.#files.setAside(lines[0]!);
      drained.setAside.push(toFault(error));
    }
  }

  /** @throws Fault `store/sealed` for half a line, and for one whose key is not configured any more */
  #open(line: string): SpooledRequest {
    const { connector, events } = JSON.parse(openText(this.#keys, PLACE, line)) as {
      connector: string;
      events: (Omit<NewInboxEvent, 'raw'> & { raw: string })[];
    };
    return {
      connector,
      events: events.map((event) => ({ ...event, raw: Buffer.from(event.raw, 'base64') })),
    };
  }
}
