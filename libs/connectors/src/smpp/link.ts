import { fault, type Fault } from '#libs/faults';
import type { PDU, PduFields, Session } from 'smpp';
import { smpp } from './raw-pdus.js';

interface Pending {
  resolve(answer: PDU): void;
  reject(reason: Fault): void;
}

/**
 * One TCP connection that speaks SMPP: requests find their answers, and none waits for ever. The library's own callbacks never come
 * when the connection ends, so they are not used.
 */
export class SmppLink {
  /** Resolves, with the reason in words, when the connection is over. */
  readonly ended: Promise<string>;
  /** Requests of the other side, but for those that are answered here (`enquire_link`, `unbind`). */
  onRequest: (pdu: PDU) => void = () => undefined;
  readonly #pending = new Map<number, Pending>();
  #reason: string | null = null;
  #end: (reason: string) => void = () => undefined;

  constructor(
    private readonly session: Session,
    private readonly timeoutMs: number,
  ) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    session.on('pdu', (pdu: PDU) => this.#take(pdu));
    session.on('error', (error: Error) => this.destroy(`The connection failed: ${wordsOf(error)}.`));
    session.on('close', () => this.destroy('The SMSC closed the connection.'));
  }

  get isOpen(): boolean {
    return this.#reason === null;
  }

  /**
   * Sends a request and waits for its answer, whatever its status.
   *
   * @throws Fault `channel/unreachable` when it did not leave; `channel/outcome-unknown` when no answer came
   */
  request(command: string, fields: PduFields = {}, signal?: AbortSignal): Promise<PDU> {
    const pdu = new smpp.PDU(command, fields);
    if (signal?.aborted || !this.isOpen || !this.session.send(pdu)) {
      const detail = this.#reason ?? 'The connection to the SMSC is closed.';
      return Promise.reject(fault('channel/unreachable', { detail }));
    }
    const { sequence_number: number } = pdu;
    return new Promise((resolve, reject) => {
      const finish = (end: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', giveUp);
        this.#pending.delete(number);
        end();
      };
      const unknown = (detail: string): void =>
        finish(() => reject(fault('channel/outcome-unknown', { detail })));
      const giveUp = (): void => unknown('Given up before the SMSC answered.');
      const timer = setTimeout(() => unknown('The SMSC does not answer.'), this.timeoutMs);
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#pending.set(number, {
        resolve: (answer) => finish(() => resolve(answer)),
        reject: (reason) => finish(() => reject(reason)),
      });
    });
  }

  /** Answers a request; says whether the answer left. */
  answer(pdu: PDU, fields: PduFields = {}): boolean {
    return this.isOpen && this.session.send(pdu.response(fields));
  }

  /** Ends the connection at once. */
  destroy(reason: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.session.destroy();
    for (const pending of this.#pending.values())
      pending.reject(fault('channel/outcome-unknown', { detail: reason }));
    this.#end(reason);
  }

  #take(pdu: PDU): void {
    if (pdu.command === undefined) return this.destroy('The other side does not speak SMPP.');
    if (pdu.isResponse()) return this.#pending.get(pdu.sequence_number)?.resolve(pdu);
    if (pdu.command === 'enquire_link') return void this.answer(pdu);
    if (pdu.command === 'unbind') {
      this.answer(pdu);
      return this.destroy('The SMSC ended the session.');
    }
    if (pdu.command === 'unknown') return void this.answer(pdu);
    this.onRequest(pdu);
  }
}

/** What went wrong with a socket, without anything that was sent. */
export function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code || (error instanceof Error ? error.message.slice(0, 200) : 'unknown');
}
