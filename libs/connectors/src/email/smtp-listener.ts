import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server';
import { callbackify } from 'node:util';
import { fault, toFault } from '#libs/faults';
import type { Connection, ConnectionIo } from '../connection.js';
import { sameAddress, withoutPlus } from '../shared/mail/addresses.js';
import { mailLimits } from '../shared/mail/limits.js';
import { MailReader, verifier } from './apart.js';
import { LoopBack } from './loop-back.js';
import type { EmailSettings } from './manifest.js';

/** A channel that takes mails at a listener. */
interface Route {
  io: ConnectionIo<EmailSettings>;
  loopBack: LoopBack;
}

interface SmtpRefusal extends Error {
  responseCode: number;
}
const refusal = (responseCode: number, words: string): SmtpRefusal =>
  Object.assign(new Error(words), { responseCode });

/** Listeners of this process by where they listen: channels on the same port share one, and are told apart by recipient. */
const listeners = new Map<string, Listener>();

/**
 * Takes mails by SMTP for this channel. The answer 250 comes after the store's commit; a store that is away makes it 451, and
 * the sender tries again.
 *
 * @throws Fault `channel/unreachable` when the port is taken by something else
 */
export async function openListener(io: ConnectionIo<EmailSettings>): Promise<Connection> {
  const { listen_host, listen_port } = io.settings;
  const listener = listeners.get(placeOf(listen_host, listen_port)) ?? new Listener(io.settings);
  const route: Route = { io, loopBack: new LoopBack(io) };
  await listener.add(route);
  listeners.set(placeOf(listen_host, listener.port), listener);
  io.show({
    state: 'open',
    reason: `Taking mails for ${io.settings.address} at ${listen_host}, port ${listener.port}.`,
  });
  let tellEnd: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (tellEnd = resolve));
  const close = async (): Promise<void> => {
    route.loopBack.stop();
    await listener.remove(route);
    tellEnd('It was closed.');
  };
  io.signal.addEventListener('abort', () => void close(), { once: true });
  return { ended, close, command: (name) => route.loopBack.command(name) };
}

/** An address belongs to one channel: the first that took it. */
const addressesOf = ({ io: { settings } }: Route): string[] => [settings.address, ...settings.also_addresses];
const placeOf = (host: string, port: number): string => `${host}:${port}`;

class Listener {
  readonly #routes = new Set<Route>();
  readonly #reader = new MailReader();
  readonly #server: SMTPServer;
  #opened: Promise<void> | null = null;

  constructor(private readonly settings: EmailSettings) {
    const { listen_certificate: cert, listen_key: key } = settings;
    const hasTls = cert !== undefined && key !== undefined;
    const take = callbackify((stream: SMTPServerDataStream, session: SMTPServerSession) =>
      this.#take(stream, session),
    );
    this.#server = new SMTPServer({
      name: settings.address.slice(settings.address.lastIndexOf('@') + 1),
      banner: 'Parley',
      size: mailLimits.mailBytes,
      authOptional: true,
      disabledCommands: hasTls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
      ...(hasTls && { cert, key }),
      disableReverseLookup: true,
      maxClients: 100,
      socketTimeout: 60_000,
      closeTimeout: 2_000,
      onRcptTo: (address, _session, done) => done(this.#judge(address)),
      onData: (stream, session, done) => take(stream, session, (error) => done(error)),
    });
    this.#server.on('error', () => undefined); // single sessions that break; the listener goes on
  }

  get port(): number {
    const address = this.#server.server.address();
    return typeof address === 'object' && address ? address.port : this.settings.listen_port;
  }

  async add(route: Route): Promise<void> {
    const taken = addressesOf(route).find((address) => this.#routesOf(address).length > 0);
    if (taken !== undefined)
      throw fault('channel/unreachable', {
        detail: `Mails for ${taken} already go to another channel here.`,
      });
    this.#routes.add(route);
    this.#opened ??= this.#listen();
    try {
      await this.#opened;
    } catch (cause) {
      this.#routes.delete(route);
      throw fault('channel/unreachable', {
        detail: `Nothing can listen at ${placeOf(this.settings.listen_host, this.settings.listen_port)}: is the port taken?`,
        cause,
      });
    }
  }

  async remove(route: Route): Promise<void> {
    if (!this.#routes.delete(route) || this.#routes.size > 0) return;
    listeners.delete(placeOf(this.settings.listen_host, this.port));
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  #listen(): Promise<void> {
    const { listen_port, listen_host } = this.settings;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(listen_port, listen_host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  #judge({ address }: SMTPServerAddress): Error | null {
    return this.#routesOf(address).length > 0 ? null : refusal(550, 'No such mailbox here');
  }

  #routesOf(address: string): Route[] {
    return [...this.#routes].filter((route) =>
      addressesOf(route).some((own) => sameAddress(withoutPlus(address), own)),
    );
  }

  /** One copy for every channel that a recipient names. */
  async #take(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const raw = await bytesOf(stream);
    const { mailFrom, rcptTo } = session.envelope;
    const sender = mailFrom ? mailFrom.address : '';
    const routes = new Set(rcptTo.flatMap(({ address }) => this.#routesOf(address)));
    const trust = await verifier.verify(raw, {
      ip: session.remoteAddress,
      helo: session.hostNameAppearsAs || '',
      sender,
    });
    for (const { io, loopBack } of routes) {
      const job = { kind: 'mail' as const, raw, trust, returnPath: sender, receivedAt: io.now() };
      const read = await this.#reader.read(job, io.settings).catch((thrown: unknown) => {
        throw refusal(554, `The mail cannot be read: ${toFault(thrown).detail}`);
      });
      await io.accept(read.events).catch(() => {
        throw refusal(451, 'Not stored, try again later');
      });
      loopBack.see(read.events);
    }
  }
}

/** All of a mail; one that is too large is heard to its end and then refused, as the protocol wants it. */
async function bytesOf(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mailLimits.mailBytes) chunks.push(chunk);
  }
  if (stream.sizeExceeded || size > mailLimits.mailBytes) throw refusal(552, 'The mail is too large');
  return Buffer.concat(chunks);
}
