import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTransport } from 'nodemailer';
import {
  createEgress,
  type AnyConnector,
  type Connection,
  type ConnectionIo,
  type ConnectionState,
  type DecodedEvent,
  type Destination,
} from '#libs/connectors';
import type { Content, InboundEvent, Json } from '#libs/model';
import { MAILBOXES, RELAY, type MailServers } from './mail-servers.js';

const root = path.resolve(import.meta.dirname, '../..');
type Mailbox = keyof typeof MAILBOXES;

/** What a channel's connection leaves behind: what the core would have stored, and remembered. */
export class Kept {
  readonly stored: DecodedEvent[] = [];
  readonly states: ConnectionState[] = [];
  readonly #keys = new Set<string>();
  readonly #memory = new Map<string, Json>();
  /** How often something was offered, doubles included. */
  offered = 0;
  /** While it is, nothing can be stored. */
  isAway = false;
  /** What happens before something is stored. */
  before: () => Promise<void> = () => Promise.resolve();

  get events(): InboundEvent[] {
    return this.stored.map(({ event }) => event);
  }
  get texts(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'message' && event.content[0]?.type === 'text' ? [event.content[0].text] : [],
    );
  }
  get isOpen(): boolean {
    return this.states.at(-1)?.state === 'open';
  }

  async accept(found: readonly DecodedEvent[]): Promise<void> {
    await this.before();
    if (this.isAway) throw new Error('The database is away.');
    for (const one of found) {
      this.offered++;
      if (this.#keys.has(one.event.event_key)) continue;
      this.#keys.add(one.event.event_key);
      this.stored.push(one);
    }
  }
  recall(name: string): Promise<Json | null> {
    return Promise.resolve(this.#memory.get(name) ?? null);
  }
  remember(name: string, value: Json): Promise<void> {
    this.#memory.set(name, structuredClone(value));
    return Promise.resolve();
  }
}

/** Settings of an e-mail channel at these servers, by IMAP and SMTP. */
export function mailSettings(servers: MailServers, mailbox: Mailbox): Record<string, unknown> {
  return {
    address: `${mailbox}@acme.test`,
    token_secret: `token-secret-of-${mailbox}`,
    hook_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    receive: 'imap',
    imap_host: 'localhost',
    imap_port: servers.imapPort,
    imap_security: 'starttls',
    imap_password: MAILBOXES[mailbox],
    smtp_host: 'localhost',
    smtp_port: servers.smtpPort,
    smtp_user: RELAY.user,
    smtp_password: RELAY.pass,
    tls_ca: servers.certificate,
    // Nothing of a test waits for the DNS of its machine.
    authserv_id: 'mx.acme.test',
    check_dns: false,
  };
}

/** The compiled connector, at real servers, without the core. */
export class MailChannels {
  readonly #egress = createEgress({ allowCidrs: ['127.0.0.0/8'] });
  readonly #open: Connection[] = [];

  private constructor(
    readonly connector: AnyConnector,
    private readonly servers: MailServers,
  ) {}

  static async at(servers: MailServers): Promise<MailChannels> {
    const file = path.join(root, 'dist/libs/connectors/src/email/connector.js');
    const { connector } = (await import(pathToFileURL(file).href)) as { connector: AnyConnector };
    return new MailChannels(connector, servers);
  }

  io(kept: Kept, mailbox: Mailbox, more: Record<string, unknown> = {}): ConnectionIo<unknown> {
    return {
      settings: this.connector.manifest.settings.parse({ ...mailSettings(this.servers, mailbox), ...more }),
      channelId: 'chan_1',
      fetch: Object.assign(this.#egress.fetch, { addressOf: () => Promise.resolve('127.0.0.1') }),
      signal: AbortSignal.timeout(120_000),
      now: Date.now,
      linkTo: (url) => Promise.resolve(`https://parley.example/${url}`),
      readMedia: () =>
        Promise.resolve({ bytes: Buffer.from('PNG'), mimeType: 'image/png', fileName: 'a.png' }),
      accept: (events) => kept.accept(events),
      show: (state) => void kept.states.push(state),
      recall: (name) => kept.recall(name),
      remember: (name, value) => kept.remember(name, value),
      folder: () => Promise.reject(new Error('no folder is needed')),
    };
  }

  /** Opens a mailbox; it ends with `closeAll`. */
  async hold(kept: Kept, mailbox: Mailbox, more: Record<string, unknown> = {}): Promise<Connection> {
    const connection = await this.connector.connection!.open(this.io(kept, mailbox, more));
    this.#open.push(connection);
    return connection;
  }

  /** Sends content as a delivery of `support` would be. */
  send(to: Destination, content: Content, key: string, more: Record<string, unknown> = {}) {
    const io = this.io(new Kept(), 'support', more);
    const [part] = this.connector.outbound.plan([content], io.settings).parts;
    return this.connector.outbound.deliver(part!, to, key, io);
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((connection) => connection.close()));
  }

  async end(): Promise<void> {
    await this.closeAll();
    await this.#egress.close();
  }
}

/** Where a mail goes that answers nothing. */
export const destination = (address: string, thread = 't:AAAAAAAAAAAAAAAAAAAAAA'): Destination => ({
  thread,
  address: { kind: 'email', value: address },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
});

/** Somebody's mail program, at the same Exim. */
export function mailProgram(servers: MailServers) {
  return createTransport({
    pool: true,
    host: '127.0.0.1',
    port: servers.smtpPort,
    auth: RELAY,
    tls: { ca: servers.certificate, servername: 'localhost' },
  });
}

/** Writes one mail. */
export async function writeTo(
  servers: MailServers,
  to: string,
  text: string,
  more: Record<string, unknown> = {},
): Promise<void> {
  const program = mailProgram(servers);
  await program.sendMail({ from: 'Ann <ann@shop.test>', to, subject: 'Question', text, ...more });
  program.close();
}
