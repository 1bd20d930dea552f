import { fileURLToPath } from 'node:url';
import { fault, timeLimit } from '#libs/faults';
import type { Connection, ConnectionIo, FetchedMedia } from '../connection.js';
import type { Destination, Part, Receipt } from '../connector.js';
import { WhatsAppChild, type CallRefusal } from './child-process.js';
import { decodeTold } from './decode.js';
import { FILE_MAX, type WhatsAppWebSettings } from './manifest.js';
import { messageOf } from './plan.js';
import { MediaAnswer, Sent, Unread, type Call, type FromChild } from './protocol.js';

/** QR codes change after 20 to 60 seconds; what is shown longer has gone stale. */
const QR_HOLDS_MS = 60_000;
const UNREAD_WITHIN_MS = 60_000;
/**
 * How long WhatsApp Web may take to get further by itself. The library can miss the page's word that it is ready, and waits
 * for ever then (https://github.com/wwebjs/whatsapp-web.js/issues/3785, read 2026-11-21).
 */
const FURTHER_WITHIN_MS = 180_000;

const childFile = fileURLToPath(new URL('./child.js', import.meta.url));

/** Starts the child and resolves at once: linking may take a person. `show` tells how it goes. */
export async function open(io: ConnectionIo<WhatsAppWebSettings>): Promise<Connection> {
  const { settings } = io;
  io.show({ state: 'connecting', reason: 'The browser is starting.' });
  const folder = await io.folder();
  const held = new HeldAccount(io);
  const { child } = held;
  child.send({
    tell: 'open',
    folder,
    chromium: settings.chromium,
    ...(settings.pair_with !== undefined && { pairWith: settings.pair_with }),
    ...(settings.stand_in !== undefined && { standIn: settings.stand_in }),
  });
  io.signal.addEventListener('abort', () => void child.close(), { once: true });
  return {
    ended: child.ended,
    deliver: (part, to, _key, signal) => held.deliver(part, to, signal),
    fetchMedia: (ref, signal) => held.fetchMedia(ref, signal),
    command: async (name) => {
      if (name !== 'logout') throw fault('state/not-found', { detail: `There is no command ${name}.` });
      // Logging out ends the browser, mostly before it has answered.
      const asked = held.call({ do: 'logout' }, timeLimit(30_000).signal).catch(() => undefined);
      await Promise.race([asked, child.ended]);
      return {};
    },
    close: () => child.close(),
  };
}

class HeldAccount {
  readonly child: WhatsAppChild;
  /** Stored one after the other: the order in which they were told. */
  #tail: Promise<void> = Promise.resolve();
  /** Runs while nobody but WhatsApp Web can bring it further. */
  #stuck: NodeJS.Timeout | undefined;

  constructor(private readonly io: ConnectionIo<WhatsAppWebSettings>) {
    this.child = new WhatsAppChild(
      childFile,
      (told) => this.#hear(told),
      () =>
        io.show({
          state: 'degraded',
          reason:
            'WhatsApp Web told something that Parley cannot read: it may have changed. Look for a newer Parley.',
        }),
    );
    this.#expectMore();
    void this.child.ended.then((reason) => this.#end(reason));
  }

  async deliver(part: Part, to: Destination, signal: AbortSignal): Promise<Receipt> {
    const call = await this.#sendOf(part, to);
    const outcome = await this.call(call, signal);
    const sent = Sent.safeParse(outcome);
    if (!sent.success)
      throw fault('channel/outcome-unknown', { detail: 'WhatsApp Web answered without an id.' });
    return { providerRef: sent.data.stanza };
  }

  async fetchMedia(ref: string, signal: AbortSignal): Promise<FetchedMedia> {
    const answer = await this.call({ do: 'fetch-media', serialized: decodeURIComponent(ref) }, signal);
    const { base64, mime, name } = MediaAnswer.parse(answer);
    return {
      bytes: Buffer.from(base64, 'base64'),
      ...(mime !== undefined && { mimeType: mime }),
      ...(name !== undefined && { fileName: name }),
    };
  }

  /** @throws Fault `channel/not-connected`, `channel/rejected`, `channel/outcome-unknown` */
  async call(what: Call, signal: AbortSignal): Promise<unknown> {
    const outcome = await this.child.call(what, signal);
    if ('refused' in outcome) throw faultOf(outcome);
    return outcome.value;
  }

  async #sendOf(part: Part, to: Destination): Promise<Call> {
    const { text, file, location } = messageOf(part);
    const chat = chatOf(to);
    if (location) return { do: 'send', chat, location };
    if (!file) return { do: 'send', chat, text: text ?? '' };
    const { bytes, mimeType, fileName } = await this.io.readMedia(file.url, FILE_MAX);
    const name = file.name ?? fileName;
    return {
      do: 'send',
      chat,
      ...(text !== undefined && { text }),
      file: {
        base64: Buffer.from(bytes).toString('base64'),
        mime: mimeType ?? 'application/octet-stream',
        ...(name !== undefined && { name }),
      },
      ...(file.kind === 'file' && { asDocument: true }),
    };
  }

  #end(reason: string): void {
    clearTimeout(this.#stuck);
    this.io.show({ state: 'down', reason });
  }

  /** From now on there is a word within the time, or the browser is started anew. */
  #expectMore(): void {
    clearTimeout(this.#stuck);
    this.#stuck = setTimeout(() => {
      this.io.show({ state: 'degraded', reason: 'WhatsApp Web got stuck; its browser is started again.' });
      void this.child.close();
    }, FURTHER_WITHIN_MS).unref();
  }

  #hear(told: FromChild): void {
    switch (told.tell) {
      case 'qr':
        clearTimeout(this.#stuck);
        return this.io.show({
          state: 'needs-person',
          reason: 'Scan the code with the phone: Settings → Linked devices → Link a device.',
          setUp: { kind: 'qr', value: told.value, expiresAt: this.io.now() + QR_HOLDS_MS },
        });
      case 'code':
        clearTimeout(this.#stuck);
        return this.io.show({
          state: 'needs-person',
          reason: 'Type the code on the phone: Settings → Linked devices → Link with phone number.',
          setUp: { kind: 'code', value: told.value, expiresAt: this.io.now() + 3 * QR_HOLDS_MS },
        });
      case 'authenticated':
        this.#expectMore();
        return this.io.show({
          state: 'connecting',
          reason: 'The account is linked; messages are being synchronised.',
        });
      case 'ready':
        clearTimeout(this.#stuck);
        this.io.show({ state: 'open', reason: `Linked as +${told.me.split('@', 1)[0]}.` });
        return this.#queue(() => this.#catchUp());
      case 'state':
        if (told.state === 'TIMEOUT')
          this.io.show({
            state: 'degraded',
            reason: 'The browser has lost WhatsApp and tries to reach it again.',
          });
        if (told.state === 'CONNECTED') this.io.show({ state: 'open', reason: 'Connected.' });
        return;
      default:
        return this.#queue(() => this.#store([told]));
    }
  }

  /** After an outage: what is unread was not stored, or not marked; storing again is recognised. */
  async #catchUp(): Promise<void> {
    const answer = await this.call({ do: 'unread' }, timeLimit(UNREAD_WITHIN_MS).signal);
    const messages = Unread.parse(answer);
    if (messages.length > 0) await this.#store(messages.map((message) => ({ tell: 'message', message })));
  }

  async #store(told: readonly FromChild[]): Promise<void> {
    const events = told.flatMap((one) => decodeTold(one, this.io.settings) ?? []);
    if (events.length === 0) return;
    await this.io.accept(events);
    const chats = new Set(told.flatMap((one) => (one.tell === 'message' ? one.message.chat : [])));
    for (const chat of chats)
      await this.call({ do: 'seen', chat }, timeLimit(10_000).signal).catch(() => undefined);
  }

  /** What cannot be stored ends the connection: the next one fetches it again, as it is still unread. */
  #queue(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(work).catch(() => this.child.close());
  }
}

/** A thread is a chat; an address that nobody has written from is a phone number. */
function chatOf({ thread, address }: Destination): string {
  if (/@(c\.us|g\.us|lid)$/.test(thread)) return thread;
  return `${(address?.value ?? thread).replace(/\D/g, '')}@c.us`;
}

function faultOf({ refused, words }: CallRefusal): Error {
  const provider = { name: 'whatsapp-web', code: refused, message: words };
  if (refused === 'not-ready') return fault('channel/not-connected', { provider });
  if (refused === 'unknown-recipient') return fault('channel/rejected', { provider });
  return fault('channel/outcome-unknown', { provider });
}
