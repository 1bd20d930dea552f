import type { AddressInfo } from 'node:net';
import type { PDU, PduFields, Session } from 'smpp';
import { smpp } from '../../libs/connectors/src/smpp/raw-pdus.js';

/** What a `submit_sm` gets: a status, silence, or a connection that is cut. */
export type SubmitAnswer = number | 'hang' | 'cut';

interface Bound {
  session: Session;
  systemId: string;
}

/**
 * An SMSC of ours, on a free port of this machine: whoever knows the password may bind, messages are recorded, and what is said by
 * `deliver` goes to every bound client of that name. With `relay`, messages of one client are delivered to another, byte for byte.
 */
export class FakeSmsc {
  port = 0;
  /** In the order of their arrival. */
  readonly submits: PDU[] = [];
  readonly enquiries: PDU[] = [];
  /** Passwords by system_id. */
  readonly passwords: Record<string, string> = { parley: 'secret' };
  answer: (pdu: PDU, index: number) => SubmitAnswer = () => 0;
  answersEnquiries = true;
  idOf: (index: number) => string = (index) => `id-${index}`;
  readonly #bound: Bound[] = [];
  readonly #sessions = new Set<Session>();
  readonly #relays = new Map<string, string>();
  readonly #waiting = new Map<string, (answer: PDU) => void>();
  #number = 1_000;
  readonly #server = smpp.createServer((session) => this.#meet(session));

  static async start(): Promise<FakeSmsc> {
    const smsc = new FakeSmsc();
    await new Promise<void>((resolve) => smsc.#server.listen(0, '127.0.0.1', resolve));
    smsc.port = (smsc.#server.address() as AddressInfo).port;
    return smsc;
  }

  /** Clients that are bound now. */
  get clients(): string[] {
    return this.#bound.map(({ systemId }) => systemId);
  }

  /** What one client submits, the other gets delivered. */
  relay(from: string, to: string): void {
    this.#relays.set(from, to);
  }

  /** Delivers to every client of this name; resolves with the answer of the last, rejects without one. */
  async deliver(fields: PduFields, systemId = 'parley'): Promise<PDU> {
    const clients = this.#bound.filter((one) => one.systemId === systemId);
    const answers = await Promise.all(clients.map(({ session }) => this.#request(session, fields)));
    const last = answers.at(-1);
    if (!last) throw new Error(`nobody is bound as ${systemId}`);
    return last;
  }

  /** Cuts all connections. */
  cut(): void {
    for (const session of this.#sessions) session.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #meet(session: Session): void {
    this.#sessions.add(session);
    session.setMaxListeners(0);
    const forget = (): void => {
      this.#sessions.delete(session);
      const at = this.#bound.findIndex((one) => one.session === session);
      if (at !== -1) this.#bound.splice(at, 1);
    };
    session.on('close', forget);
    session.on('error', () => session.destroy());
    session.on('pdu', (pdu: PDU) => this.#take(session, pdu));
  }

  #take(session: Session, pdu: PDU): void {
    if (pdu.isResponse()) {
      this.#waiting.get(`${pdu.sequence_number}`)?.(pdu);
      return;
    }
    switch (pdu.command) {
      case 'bind_transceiver':
        return this.#bind(session, pdu);
      case 'enquire_link':
        this.enquiries.push(pdu);
        if (this.answersEnquiries) session.send(pdu.response());
        return;
      case 'unbind':
        session.send(pdu.response());
        return session.close();
      case 'submit_sm':
        return this.#submit(session, pdu);
      default:
        session.send(pdu.response());
    }
  }

  #bind(session: Session, pdu: PDU): void {
    const systemId = pdu.system_id ?? '';
    const password = this.passwords[systemId];
    const status = password === undefined ? 0x0f : password === pdu.password ? 0 : 0x0e;
    session.send(pdu.response({ command_status: status, system_id: 'fake' }));
    if (status === 0) this.#bound.push({ session, systemId });
  }

  #submit(session: Session, pdu: PDU): void {
    const index = this.submits.push(pdu);
    const answer = this.answer(pdu, index);
    if (answer === 'hang') return;
    if (answer === 'cut') return session.destroy();
    const message_id = this.idOf(index);
    session.send(pdu.response(answer === 0 ? { message_id } : { command_status: answer }));
    if (answer !== 0) return;
    const from = this.#bound.find((one) => one.session === session)?.systemId ?? '';
    const to = this.#relays.get(from);
    if (to !== undefined) void this.#pass(pdu, from, to, message_id);
  }

  /** To the other side, if it is there, and, when that has taken it, a receipt back to who wanted one. */
  async #pass(pdu: PDU, from: string, to: string, message_id: string): Promise<void> {
    if (!this.clients.includes(to)) return;
    const { source_addr, source_addr_ton, source_addr_npi, destination_addr, dest_addr_ton, dest_addr_npi } =
      pdu;
    const fields = definedOf({
      source_addr,
      source_addr_ton,
      source_addr_npi,
      destination_addr,
      dest_addr_ton,
      dest_addr_npi,
      esm_class: pdu.esm_class,
      data_coding: pdu.data_coding,
      short_message: pdu.short_message,
      message_payload: pdu.message_payload,
    });
    const { command_status } = await this.deliver(fields, to);
    if (command_status !== 0 || !((pdu.registered_delivery ?? 0) & 1)) return;
    await this.deliver(
      {
        ...receiptFields(message_id, 'DELIVRD'),
        source_addr: destination_addr ?? '',
        destination_addr: source_addr ?? '',
      },
      from,
    );
  }

  #request(session: Session, fields: PduFields): Promise<PDU> {
    const sequence_number = ++this.#number;
    return new Promise((resolve, reject) => {
      const finish = (end: () => void): void => {
        this.#waiting.delete(`${sequence_number}`);
        session.removeListener('close', lost);
        end();
      };
      const lost = (): void => finish(() => reject(new Error('the client has gone')));
      session.on('close', lost);
      this.#waiting.set(`${sequence_number}`, (answer) => finish(() => resolve(answer)));
      session.send(new smpp.PDU('deliver_sm', { ...fields, sequence_number }));
    });
  }
}

/** A receipt as carriers write it. */
export function receiptFields(id: string, state: string, error = '000'): PduFields {
  const text = `id:${id} sub:001 dlvrd:001 submit date:2611210559 done date:2611210600 stat:${state} err:${error} text:`;
  return { esm_class: 0x04, data_coding: 0, short_message: Buffer.from(text, 'latin1') };
}

function definedOf(fields: Record<string, unknown>): PduFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
