import { createHash } from 'node:crypto';
import type { PDU } from 'smpp';
import { z } from 'zod';
import type { ConnectionIo } from '../connection.js';
import { plainPdu } from './decode.js';

/** SMSCs offer again what was not acknowledged within minutes to days. */
const REMEMBER_MS = 24 * 3_600_000;
/** What is remembered stays small. */
const KEPT_MAX = 400;
const Taking = z.array(z.strictObject({ print: z.string(), key: z.string(), at: z.number() })).catch([]);
type Taking = z.infer<typeof Taking>;

/**
 * Keys of messages to us: SMPP gives them no id. Each gets a new one, but for those that an earlier connection may have stored
 * without acknowledging them: their keys are remembered before they are stored, and given out again, once, to the same bytes.
 */
export class KnownAgain {
  #doubtful: Taking = [];
  #taken: Taking = [];
  #isClean = true;

  constructor(
    private readonly io: Pick<ConnectionIo<unknown>, 'recall' | 'remember' | 'now'>,
    private readonly connection: string,
  ) {}

  /** Reads what the last connection left open. */
  async load(): Promise<void> {
    const since = this.io.now() - REMEMBER_MS;
    this.#doubtful = Taking.parse((await this.io.recall('taking')) ?? []).filter(({ at }) => at >= since);
    this.#isClean = this.#doubtful.length === 0;
  }

  /** Keys for messages that are about to be stored, in order. Resolves when they are remembered. */
  async take(pdus: readonly PDU[]): Promise<string[]> {
    const at = this.io.now();
    this.#taken = pdus.map((pdu) => ({ ...this.#known(pdu), at }));
    this.#isClean = false;
    const keys = this.#taken.map(({ key }) => key);
    await this.io.remember('taking', [...this.#doubtful, ...this.#taken].slice(-KEPT_MAX));
    return keys;
  }

  /** What was taken last is refused: it will be offered again, and may be stored all the same. */
  giveBack(): void {
    this.#doubtful.push(...this.#taken);
    this.#taken = [];
  }

  /** Everything that was taken and not given back is acknowledged. */
  async acknowledged(): Promise<void> {
    this.#taken = [];
    if (this.#isClean) return;
    await this.io.remember('taking', this.#doubtful.slice(-KEPT_MAX));
    this.#isClean = this.#doubtful.length === 0;
  }

  #known(pdu: PDU): { print: string; key: string } {
    const print = printOf(pdu);
    const index = this.#doubtful.findIndex((one) => one.print === print);
    const [known] = index === -1 ? [] : this.#doubtful.splice(index, 1);
    return { print, key: known?.key ?? `${this.connection}:${pdu.sequence_number}:${print.slice(0, 16)}` };
  }
}

/** The message without what changes when it is offered again. */
function printOf(pdu: PDU): string {
  const { sequence_number: _, command_length: __, ...same } = plainPdu(pdu);
  return createHash('sha256').update(JSON.stringify(same)).digest('hex').slice(0, 32);
}
