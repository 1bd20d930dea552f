import { fault, type Fault } from '#libs/faults';
import type { PDU, PduFields } from 'smpp';
import type { Destination, Io, Part, Receipt } from '../connector.js';
import { senderKind } from '../shared/sms/phone.js';
import { numberOf, readySms } from '../shared/sms/text-for-phone.js';
import type { SmppLink } from './link.js';
import type { SmppSettings } from './manifest.js';
import { statusName } from './raw-pdus.js';
import { refOfSend } from './receipt.js';
import { encodeSms, udhOf } from './text.js';
import { npi, status, ton, UDH_INDICATOR } from './wire.js';

/** Answers to the last segment tell whether the phone got it all. */
const WANTS_RECEIPT = 0x01;
/** Octets that `short_message` holds. */
const SHORT_MAX = 254;

/** Sends messages over a link, with so many requests waiting for an answer at once. */
export class Submitter {
  #waiting: (() => void)[] = [];
  #free: number;
  #ref = Math.floor(Math.random() * 256);

  constructor(
    private readonly link: SmppLink,
    private readonly io: Io<SmppSettings>,
  ) {
    this.#free = io.settings.window;
  }

  /**
   * One message: one `submit_sm`, or one for each segment, in order. The reference is that of the last segment, which alone asks for
   * a receipt.
   *
   * @throws Fault as `deliver`; `channel/outcome-unknown` also when some segments were accepted and others not
   */
  async deliver(part: Part, to: Destination, signal: AbortSignal): Promise<Receipt> {
    const { text } = await readySms(part, this.io);
    const pdus = this.#pdusOf(text, numberOf(to));
    const answers = await Promise.allSettled(pdus.map((fields) => this.#submit(fields, signal)));
    const refusal = faultOfAll(answers);
    if (refusal) throw refusal;
    const last = answers.at(-1);
    const id = last?.status === 'fulfilled' ? last.value.message_id : undefined;
    if (id) return { providerRef: refOfSend(id, this.io.settings) };
    throw fault('channel/outcome-unknown', { detail: 'The SMSC accepted it without an id.' });
  }

  #pdusOf(text: string, number: string): PduFields[] {
    const { settings } = this.io;
    const isWhole = settings.long_messages === 'payload';
    const { dataCoding, segments } = encodeSms(text, settings.default_alphabet, !isWhole);
    const fields = { ...addresses(settings, number), data_coding: dataCoding };
    if (segments.length === 1) {
      const bytes = segments[0]!;
      const message = bytes.length > SHORT_MAX ? { message_payload: bytes } : { short_message: bytes };
      return [{ ...fields, ...message, registered_delivery: WANTS_RECEIPT }];
    }
    const ref = (this.#ref = (this.#ref + 1) & 0xff);
    return segments.map((bytes, index) => ({
      ...fields,
      esm_class: UDH_INDICATOR,
      registered_delivery: index === segments.length - 1 ? WANTS_RECEIPT : 0,
      short_message: Buffer.concat([udhOf(ref, index + 1, segments.length), bytes]),
    }));
  }

  async #submit(fields: PduFields, signal: AbortSignal): Promise<PDU> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await this.link.request('submit_sm', fields, signal);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

function addresses(settings: SmppSettings, number: string): PduFields {
  const source = sourceTypes(settings.from);
  return {
    source_addr_ton: settings.source_ton ?? source.ton,
    source_addr_npi: settings.source_npi ?? source.npi,
    source_addr: settings.from.replace(/^\+/, ''),
    dest_addr_ton: number.startsWith('+') ? ton.international : ton.unknown,
    dest_addr_npi: npi.isdn,
    destination_addr: number.replace(/^\+/, ''),
  };
}

function sourceTypes(from: string): { ton: number; npi: number } {
  const kind = senderKind(from);
  if (kind === 'name') return { ton: ton.alphanumeric, npi: npi.unknown };
  return kind === 'number'
    ? { ton: ton.international, npi: npi.isdn }
    : { ton: ton.networkSpecific, npi: npi.unknown };
}

type Answer = PromiseSettledResult<PDU>;

/** What the answers to all segments mean together; null when all were accepted. */
function faultOfAll(answers: readonly Answer[]): Fault | null {
  const refusals = answers.map(faultOfOne).filter((one) => one !== null);
  const [first] = refusals;
  if (first === undefined) return null;
  const unknown = refusals.find(({ code }) => code === 'channel/outcome-unknown');
  if (refusals.length === answers.length) return unknown ?? first;
  const accepted = answers.length - refusals.length;
  return fault('channel/outcome-unknown', {
    detail: `The SMSC accepted ${accepted} of ${answers.length} segments: ${first.detail}`,
    ...(first.provider && { provider: first.provider }),
  });
}

function faultOfOne(answer: Answer): Fault | null {
  if (answer.status === 'rejected') return answer.reason as Fault;
  const { command_status: code, command } = answer.value;
  if (code === status.ok && command === 'submit_sm_resp') return null;
  return faultOfStatus(code);
}

/** Milliseconds to rest. */
const THROTTLED: Readonly<Record<number, number>> = { [status.throttled]: 1_000, [status.queueFull]: 5_000 };
/** The SMSC or what is behind it failed for now, and kept nothing. */
const TEMPORARY = new Set<number>([status.systemError, status.temporaryAppError, status.wrongBindState]);
const PERSON = new Set<number>([status.invalidSource]);

/** What the status of an answer to `submit_sm` means. @see SMPP 3.4 §5.1.3 (read 2026-11-21) */
export function faultOfStatus(code: number): Fault {
  const name = statusName(code);
  const provider = { name: 'smpp', code: name, message: `The SMSC answered ${name}.` };
  const wait = THROTTLED[code];
  if (wait !== undefined) return fault('channel/throttled', { provider, retryAfterMs: wait });
  if (TEMPORARY.has(code)) return fault('channel/unreachable', { provider });
  return fault(PERSON.has(code) ? 'channel/credentials' : 'channel/rejected', { provider });
}
