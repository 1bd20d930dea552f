import { randomBytes } from 'node:crypto';
import { fault, toFault } from '#libs/faults';
import type { ConnectionIo } from '../connection.js';
import type { DecodedEvent } from '../connector.js';
import { mintId, tokenOf } from '../shared/mail/thread.js';
import { sendMail } from './deliver.js';
import type { EmailSettings } from './manifest.js';
import type { OutgoingMail } from './outgoing.js';
import { loopMark } from './own-marks.js';
import { eventKeyOfProbe, PROBE_HEADER, threadOfProbe } from './probe.js';
import { domainOf } from './trust.js';

/** Mails of the same house take seconds; what takes longer than this does not arrive. */
const BACK_WITHIN_MS = 120_000;

/**
 * The test mail that a person asks for: it goes out as every answer does, to the channel's own address, and must come back in
 * the conversation that it answers. What came of it shows in the state of the connection; nobody sees it as a message.
 */
export class LoopBack {
  #waiting: { nonce: string; sentAt: number; timer: NodeJS.Timeout } | null = null;

  constructor(private readonly io: ConnectionIo<EmailSettings>) {}

  /** @throws Fault `state/not-found` for any other command */
  async command(name: string): Promise<Record<string, never>> {
    if (name !== 'test-mail') throw fault('state/not-found');
    this.stop();
    const nonce = randomBytes(9).toString('base64url');
    const sentAt = this.io.now();
    const timer = setTimeout(() => this.#end('degraded', notBack(this.io.settings)), BACK_WITHIN_MS);
    timer.unref();
    this.#waiting = { nonce, sentAt, timer };
    try {
      await sendMail(probeMail(nonce, this.io.settings), `probe-${nonce}`, this.io);
    } catch (thrown) {
      this.#end('degraded', `The test mail could not be sent: ${toFault(thrown).detail}`);
    }
    return {};
  }

  /** Looks at what came in, whether the test mail is among it. */
  see(events: readonly DecodedEvent[]): void {
    if (!this.#waiting) return;
    const { nonce, sentAt } = this.#waiting;
    const keys = events.map(({ event }) => event.event_key);
    const seconds = Math.max(1, Math.round((this.io.now() - sentAt) / 1_000));
    if (keys.includes(eventKeyOfProbe(nonce, true)))
      this.#end('open', `The test mail came back in its conversation, within ${seconds} s.`);
    else if (keys.includes(eventKeyOfProbe(nonce, false)))
      this.#end('degraded', 'The test mail came back, but nothing in it leads to its conversation any more.');
  }

  stop(): void {
    clearTimeout(this.#waiting?.timer);
    this.#waiting = null;
  }

  #end(state: 'open' | 'degraded', reason: string): void {
    this.stop();
    this.io.show({ state, reason });
  }
}

const notBack = ({ address }: EmailSettings): string =>
  `The test mail did not come back within ${BACK_WITHIN_MS / 1_000} s. Do mails to ${address} arrive here?`;

function probeMail(nonce: string, settings: EmailSettings): OutgoingMail {
  const { address, token_secret } = settings;
  const token = tokenOf(threadOfProbe(nonce), { secret: token_secret });
  const answered = mintId({ key: `probe-${nonce}`, token, mark: '' }, domainOf(address));
  const text = 'This mail tests whether mails of this channel come back to it. It is not shown to anybody.\n';
  return {
    from: { address, name: settings.from_name ?? '' },
    to: { address: settings.send === 'ses' ? address.replace('@', `+${token}@`) : address, name: '' },
    replyTo: null,
    subject: 'Test of this mailbox',
    messageId: `probe-${nonce}@${domainOf(address)}`,
    inReplyTo: answered,
    references: [answered],
    headers: {
      'X-Parley-Loop': loopMark(token_secret),
      [PROBE_HEADER]: nonce,
      'Auto-Submitted': 'auto-generated',
    },
    text,
    html: `<p>${text.trim()}</p>`,
    files: [],
  };
}
