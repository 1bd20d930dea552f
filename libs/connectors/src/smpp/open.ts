import { randomBytes } from 'node:crypto';
import type { PDU } from 'smpp';
import type { Connection, ConnectionIo } from '../connection.js';
import { connect } from './connect.js';
import { decodePdu } from './decode.js';
import { KnownAgain } from './known-again.js';
import type { SmppLink } from './link.js';
import type { SmppSettings } from './manifest.js';
import { Submitter } from './submit.js';
import { status } from './wire.js';

/** Messages that are stored in one commit. */
const BATCH_MAX = 100;
/** Messages that may wait to be stored; more are told to come again. */
const QUEUE_MAX = 1_000;
const UNBIND_MS = 2_000;
const STORING_MS = 5_000;

/**
 * Opens a channel's connection to its SMSC. What comes is acknowledged only when it is stored; what could not be stored is answered
 * with a temporary error, and the SMSC offers it again.
 *
 * @throws Fault `channel/unreachable`, `channel/throttled`, `channel/credentials`, `store/unavailable`
 */
export async function open(io: ConnectionIo<SmppSettings>): Promise<Connection> {
  const { host, port } = io.settings;
  io.show({ state: 'connecting', reason: `Connects to ${host}:${port}.` });
  const known = new KnownAgain(io, randomBytes(6).toString('hex'));
  await known.load();
  const link = await connect(io);
  const intake = new Intake(link, known, io);
  const submitter = new Submitter(link, io);
  const stopEnquiring = enquire(link, io.settings.enquire_link_seconds * 1_000);
  const close = async (): Promise<void> => {
    stopEnquiring();
    await within(STORING_MS, intake.stop());
    if (link.isOpen) await within(UNBIND_MS, link.request('unbind'));
    link.destroy('closed');
  };
  io.signal.addEventListener('abort', () => void close(), { once: true });
  io.show({ state: 'open', reason: `Connected to ${host}:${port} as ${io.settings.system_id}.` });
  return {
    ended: link.ended.finally(stopEnquiring),
    deliver: (part, to, _key, signal) => submitter.deliver(part, to, signal),
    close,
  };
}

/** Stores what the SMSC brings, in its order. */
class Intake {
  #queue: PDU[] = [];
  #work: Promise<void> | null = null;
  #isStopped = false;

  constructor(
    private readonly link: SmppLink,
    private readonly known: KnownAgain,
    private readonly io: ConnectionIo<SmppSettings>,
  ) {
    link.onRequest = (pdu) => this.#take(pdu);
  }

  /** Takes nothing more, and waits for what is being stored. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#work;
  }

  #take(pdu: PDU): void {
    if (pdu.command !== 'deliver_sm' && pdu.command !== 'data_sm') return;
    if (this.#isStopped || this.#queue.length >= QUEUE_MAX) {
      this.link.answer(pdu, { command_status: status.queueFull });
      return;
    }
    this.#queue.push(pdu);
    this.#run();
  }

  #run(): void {
    this.#work ??= this.#drain().finally(() => {
      this.#work = null;
      if (this.#queue.length > 0 && this.link.isOpen) this.#run(); // came while the last word was written
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0 && this.link.isOpen) await this.#store(this.#queue.splice(0, BATCH_MAX));
    await this.#settle();
  }

  /** Answers leave without proof that they arrive; the answer to a later request is one. */
  async #settle(): Promise<void> {
    try {
      await this.link.request('enquire_link');
      await this.known.acknowledged();
    } catch {
      // What was taken stays doubtful: the next connection knows it again.
    }
  }

  async #store(pdus: readonly PDU[]): Promise<void> {
    try {
      const keys = await this.known.take(pdus);
      await this.io.accept(pdus.map((pdu, index) => decodePdu(pdu, keys[index]!, this.io.settings)));
    } catch {
      this.known.giveBack();
      for (const pdu of pdus) this.link.answer(pdu, { command_status: status.temporaryAppError });
      return;
    }
    for (const pdu of pdus) this.link.answer(pdu);
  }
}

/** Tries the connection out from time to time. @returns what stops that */
function enquire(link: SmppLink, everyMs: number): () => void {
  const timer = setInterval(() => {
    link.request('enquire_link').catch(() => link.destroy('The SMSC does not answer any more.'));
  }, everyMs);
  return () => clearInterval(timer);
}

/** Waits for work, but not for long and not for its success. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]).catch(
    () => undefined,
  );
  clearTimeout(timer);
}
