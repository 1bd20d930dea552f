import type { ImapFlow } from 'imapflow';
import { toFault } from '#libs/faults';
import type { Connection, ConnectionIo } from '../connection.js';
import type { DecodedEvent } from '../connector.js';
import { mailLimits } from '../shared/mail/limits.js';
import { MailReader, verifier } from './apart.js';
import { imapFault, logIn } from './imap-login.js';
import { LoopBack } from './loop-back.js';
import type { EmailSettings } from './manifest.js';

/** How far a folder was read: the next mail has a higher UID, as long as the folder's UIDVALIDITY is the same. */
interface Place {
  uidValidity: string;
  lastUid: number;
  /** When the server got the last mail, in milliseconds since 1970; absent before the first. */
  lastAt?: number;
}
const PLACE = 'imap-place';
/** Servers end an IDLE after 30 minutes; a new one also shows that the connection lives. @see RFC 2177 §3 (read 2026-11-21) */
const IDLE_MS = 9 * 60_000;
/** A first connection reads what is there; a very full folder from its newest mails on. */
const FIRST_MAILS = 200;
/** A folder made anew is read from the last mail's day on, and the day before: servers search by whole days, in their own zone. */
const AGAIN_MS = 2 * 24 * 3_600_000;

/**
 * Holds a mailbox open and stores what comes, in its order. The last UID is remembered after the store's commit: whatever dies
 * in between, mails are offered again and recognised by their keys, and none is left out.
 */
export async function openMailbox(io: ConnectionIo<EmailSettings>): Promise<Connection> {
  io.show({ state: 'connecting', reason: `Logging in to ${io.settings.imap_host}.` });
  const client = await logIn(io);
  const mailbox = new OpenMailbox(client, io);
  try {
    await mailbox.begin();
  } catch (thrown) {
    client.close();
    throw imapFault(thrown);
  }
  return mailbox;
}

class OpenMailbox implements Connection {
  readonly ended: Promise<string>;
  readonly #reader = new MailReader();
  readonly #loopBack: LoopBack;
  #tellEnd!: (reason: string) => void;
  #isDirty = true;
  #isBusy = false;
  #isClosed = false;
  #drained: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: ImapFlow,
    private readonly io: ConnectionIo<EmailSettings>,
  ) {
    this.ended = new Promise((resolve) => (this.#tellEnd = resolve));
    this.#loopBack = new LoopBack(io);
  }

  /** `test-mail` sends one to the channel's own address and waits for it. */
  command(name: string): Promise<Record<string, never>> {
    return this.#loopBack.command(name);
  }

  async begin(): Promise<void> {
    const { client, io } = this;
    await client.mailboxOpen(io.settings.imap_folder, { readOnly: false });
    client.on('exists', () => this.#wake());
    client.on('expunge', () => undefined);
    client.once('close', () => this.#finish('The mail server closed the connection.'));
    io.signal.addEventListener('abort', () => void this.close(), { once: true });
    this.#timer = setInterval(() => this.#wake(), IDLE_MS);
    this.#timer.unref();
    io.show({
      state: 'open',
      reason: `Reading ${io.settings.imap_folder} of ${io.settings.imap_host}; new mails are pushed.`,
    });
    this.#wake();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#finish('It was closed.');
    await this.#drained.catch(() => undefined);
    this.client.close();
  }

  #finish(reason: string): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#loopBack.stop();
    this.#tellEnd(reason);
  }

  #wake(): void {
    this.#isDirty = true;
    if (this.#isBusy || this.#isClosed) return;
    this.#isBusy = true;
    this.#drained = this.#drain()
      .catch((thrown: unknown) => {
        this.#finish(toFault(imapFault(thrown)).detail);
        this.client.close();
      })
      .finally(() => (this.#isBusy = false));
  }

  async #drain(): Promise<void> {
    while (this.#isDirty && this.client.usable && !this.#isClosed) {
      this.#isDirty = false;
      await this.#readNew();
    }
    if (!this.#isClosed && this.client.usable) this.client.idle().catch(() => undefined); // the next command ends it
  }

  /** One after the other: memory holds one mail, and a mail that was stored is never asked for again. */
  async #readNew(): Promise<void> {
    const place = await this.#place();
    for (const uid of await this.#newUids(place)) {
      if (this.#isClosed) return;
      const events = await this.#read(uid, place);
      if (events) await this.io.accept(events);
      this.#loopBack.see(events ?? []);
      place.lastUid = uid;
      await this.io.remember(PLACE, { ...place });
    }
  }

  async #newUids({ lastUid, lastAt }: Place): Promise<number[]> {
    const isAnew = lastUid === 0 && lastAt !== undefined;
    const range = isAnew ? { since: new Date(lastAt - AGAIN_MS) } : { uid: `${lastUid + 1}:*` };
    const found = await this.client.search(range, { uid: true });
    // "n:*" always names the newest mail, also when it is older than n.
    const uids = (found || []).filter((uid) => uid > lastUid).toSorted((a, b) => a - b);
    return lastUid === 0 && !isAnew ? uids.slice(-FIRST_MAILS) : uids;
  }

  /** @returns null for a mail that was deleted meanwhile */
  async #read(uid: number, place: Place): Promise<DecodedEvent[] | null> {
    const { client, io } = this;
    const { uidValidity } = place;
    const about = await client.fetchOne(String(uid), { size: true, internalDate: true }, { uid: true });
    if (!about) return null;
    const receivedAt = about.internalDate ? new Date(about.internalDate).getTime() : io.now();
    place.lastAt = receivedAt;
    if ((about.size ?? 0) > mailLimits.mailBytes) return [tooLarge(uid, uidValidity, about.size ?? 0)];
    const message = await client.fetchOne(String(uid), { source: true }, { uid: true });
    if (!message || !message.source) return null;
    const raw = message.source;
    try {
      const trust = io.settings.authserv_id === undefined ? await verifier.verify(raw, null) : null;
      const job = { kind: 'mail' as const, raw, trust, returnPath: null, receivedAt };
      return (await this.#reader.read(job, io.settings)).events;
    } catch (thrown) {
      return [unreadable(uid, uidValidity, raw, toFault(thrown).detail)];
    }
  }

  /** Where to go on; when the folder was made anew, from the time of the last mail: its UIDs say nothing any more. */
  async #place(): Promise<Place> {
    const uidValidity = String(this.client.mailbox ? this.client.mailbox.uidValidity : '');
    const kept = (await this.io.recall(PLACE)) as Place | null;
    if (kept?.uidValidity === uidValidity) return { ...kept };
    return { uidValidity, lastUid: 0, ...(kept?.lastAt !== undefined && { lastAt: kept.lastAt }) };
  }
}

function tooLarge(uid: number, uidValidity: string, size: number): DecodedEvent {
  const reason = `a mail of ${size} bytes, more than ${mailLimits.mailBytes}: it stays in the mailbox`;
  return {
    event: { kind: 'ignored', event_key: `imap:${uidValidity}:${uid}`, reason },
    raw: Buffer.alloc(0),
  };
}

function unreadable(uid: number, uidValidity: string, raw: Buffer, detail: string): DecodedEvent {
  return {
    event: {
      kind: 'ignored',
      event_key: `imap:${uidValidity}:${uid}`,
      reason: `a mail that cannot be read: ${detail}`.slice(0, 500),
    },
    raw,
  };
}
