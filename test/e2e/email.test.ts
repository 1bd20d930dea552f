import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTransport } from 'nodemailer';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
import { MAILBOXES, MailServers, RELAY } from '../support/mail-servers.js';
import { until } from '../support/until.js';

const root = path.resolve(import.meta.dirname, '../..');
/** Mails of the run in which everything goes away in turn; `TEST_MAILS=1000` for the long one. */
const MAILS = Number(process.env['TEST_MAILS'] ?? 60);

/** What a channel's connection leaves behind: what the core would have stored, and remembered. */
class Kept {
  readonly stored: DecodedEvent[] = [];
  readonly states: ConnectionState[] = [];
  readonly #keys = new Set<string>();
  readonly #memory = new Map<string, Json>();
  offered = 0;
  isAway = false;

  get events(): InboundEvent[] {
    return this.stored.map(({ event }) => event);
  }
  get texts(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'message' && event.content[0]?.type === 'text' ? [event.content[0].text] : [],
    );
  }

  accept(found: readonly DecodedEvent[]): Promise<void> {
    if (this.isAway) return Promise.reject(new Error('The database is away.'));
    for (const one of found) {
      this.offered++;
      if (this.#keys.has(one.event.event_key)) continue;
      this.#keys.add(one.event.event_key);
      this.stored.push(one);
    }
    return Promise.resolve();
  }
  recall(name: string): Promise<Json | null> {
    return Promise.resolve(this.#memory.get(name) ?? null);
  }
  remember(name: string, value: Json): Promise<void> {
    this.#memory.set(name, structuredClone(value));
    return Promise.resolve();
  }
}

/** The compiled connector against real servers: Exim takes mails, Dovecot keeps them. */
describe.runIf(MailServers.canRun)('an e-mail channel', () => {
  let servers: MailServers;
  let connector: AnyConnector;
  const egress = createEgress({ allowCidrs: ['127.0.0.0/8'] });
  const open: Connection[] = [];

  beforeAll(async () => {
    servers = await MailServers.start();
    const file = path.join(root, 'dist/libs/connectors/src/email/connector.js');
    ({ connector } = (await import(pathToFileURL(file).href)) as { connector: AnyConnector });
  }, 60_000);
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  afterAll(async () => {
    await servers?.stop();
    await egress.close();
  });

  const settings = (mailbox: keyof typeof MAILBOXES, more: Record<string, unknown> = {}): unknown =>
    connector.manifest.settings.parse({
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
      check_dns: false,
      ...more,
    });

  function io(
    kept: Kept,
    mailbox: keyof typeof MAILBOXES,
    more: Record<string, unknown> = {},
  ): ConnectionIo<unknown> {
    return {
      settings: settings(mailbox, more),
      channelId: 'chan_1',
      fetch: Object.assign(egress.fetch, { addressOf: () => Promise.resolve('127.0.0.1') }),
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
  async function hold(kept: Kept, mailbox: keyof typeof MAILBOXES): Promise<Connection> {
    const connection = await connector.connection!.open(io(kept, mailbox));
    open.push(connection);
    return connection;
  }
  const transport = () =>
    createTransport({
      host: '127.0.0.1',
      port: servers.smtpPort,
      auth: RELAY,
      tls: { ca: servers.certificate, servername: 'localhost' },
    });
  async function write(to: string, text: string, more: Record<string, unknown> = {}): Promise<void> {
    const session = transport();
    await session.sendMail({ from: 'Ann <ann@shop.test>', to, subject: 'Question', text, ...more });
    session.close();
  }
  const destination = (address: string, thread = 't:AAAAAAAAAAAAAAAAAAAAAA'): Destination => ({
    thread,
    address: { kind: 'email', value: address },
    conversationId: 'conv_1',
    lastInboundAt: null,
    lastInboundRef: null,
  });
  const send = (to: Destination, content: Content, key: string, more: Record<string, unknown> = {}) => {
    const uses = io(new Kept(), 'support', more);
    return connector.outbound.deliver(
      connector.outbound.plan([content], uses.settings).parts[0]!,
      to,
      key,
      uses,
    );
  };

  it('is told of new mail at once, in order, files and all', async () => {
    const kept = new Kept();
    await hold(kept, 'sales');
    await until('it is open', () => kept.states.at(-1)?.state === 'open');
    await write('sales@acme.test', 'first', { attachments: [{ filename: 'a.txt', content: 'hi' }] });
    await until('the first mail is stored', () => kept.texts.includes('first'));
    const began = Date.now();
    await write('sales@acme.test', 'second');
    await until('the second mail is stored', () => kept.texts.includes('second'));
    expect(Date.now() - began).toBeLessThan(5_000);
    const [event] = kept.events;
    expect(event).toMatchObject({
      from: { value: 'ann@shop.test' },
      content: [{ type: 'text' }, { type: 'file', file_name: 'a.txt', url: 'media:2' }],
    });
    const media = await connector.media!.fetch('2', {
      ...io(kept, 'sales'),
      raw: () => Promise.resolve(kept.stored[0]!.raw),
    });
    expect(Buffer.from(media.bytes).toString()).toBe('hi');
  });

  it(
    'loses and doubles nothing while it, its store and the server go away in turn',
    async () => {
      const kept = new Kept();
      const texts = Array.from({ length: MAILS }, (_, n) => `mail number ${n}`);
      const session = createTransport({
        pool: true,
        host: '127.0.0.1',
        port: servers.smtpPort,
        auth: RELAY,
        tls: { ca: servers.certificate, servername: 'localhost' },
      });
      const before = await openAgain(kept);
      for (const text of texts.slice(0, MAILS / 3))
        await session.sendMail({ from: 'ann@shop.test', to: 'support@acme.test', subject: text, text });
      await until('some are stored', () => kept.texts.length >= 5);
      await before.close();
      for (const text of texts.slice(MAILS / 3, (MAILS * 2) / 3))
        await session.sendMail({ from: 'ann@shop.test', to: 'support@acme.test', subject: text, text });
      kept.isAway = true;
      const during = await openAgain(kept);
      expect(await during.ended).toMatch(/\S/);
      kept.isAway = false;
      const after = await openAgain(kept);
      await servers.killDovecot();
      await after.ended;
      for (const text of texts.slice((MAILS * 2) / 3))
        await session.sendMail({ from: 'ann@shop.test', to: 'support@acme.test', subject: text, text });
      await servers.startDovecot();
      await openAgain(kept);
      await until('all are stored', () => kept.texts.length >= texts.length, 30_000 + MAILS * 200);
      session.close();
      expect(kept.texts.toSorted()).toEqual(texts.toSorted());
    },
    90_000 + MAILS * 400,
  );

  async function openAgain(kept: Kept): Promise<Connection> {
    return hold(kept, 'support');
  }

  it('sends a mail that arrives, whose answer comes back to its conversation', async () => {
    const kept = new Kept();
    await hold(kept, 'support');
    const sales = new Kept();
    await hold(sales, 'sales');
    const receipt = await send(
      destination('sales@acme.test'),
      { type: 'text', text: 'It is **42**.' },
      'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r',
    );
    await until('it arrived', () => sales.texts.includes('It is 42.'));
    const arrived = sales.events.find(
      (event) =>
        event.kind === 'message' &&
        event.content.some((piece) => piece.type === 'text' && piece.text === 'It is 42.'),
    );
    expect(arrived).toMatchObject({ provider_id: receipt.providerRef, automatic: true });
    await write('support@acme.test', 'Thank you!', {
      inReplyTo: `<${receipt.providerRef}>`,
      from: 'sales@acme.test',
    });
    await until('the answer came back', () => kept.texts.includes('Thank you!'));
    expect(
      kept.events.find((event) => event.kind === 'message' && event.from.value === 'sales@acme.test'),
    ).toMatchObject({ thread: 't:AAAAAAAAAAAAAAAAAAAAAA' });
  });

  it('learns of a bounce which delivery failed, and why', async () => {
    const kept = new Kept();
    await hold(kept, 'support');
    const { providerRef } = await send(
      destination('nobody@acme.test'),
      { type: 'text', text: 'Hello?' },
      'dlv_01jd7z3q9ve8g8kq0w2m5n6p8s',
    );
    await until('the bounce is read', () => kept.events.some(({ kind }) => kind === 'receipt'));
    expect(kept.events.find(({ kind }) => kind === 'receipt')).toMatchObject({
      provider_ref: providerRef,
      key: 'dlv_01jd7z3q9ve8g8kq0w2m5n6p8s',
      status: 'failed',
      error: { message: expect.stringContaining('nobody@acme.test') },
    });
  });

  it.each([
    ['the password is wrong', { smtp_password: 'wrong' }, 'channel/credentials'],
    ['the server may not relay', { smtp_user: undefined }, 'channel/rejected'],
    ['nobody listens', { smtp_port: 1 }, 'channel/unreachable'],
    ['the certificate is not known', { tls_ca: undefined }, 'channel/unreachable'],
  ])('says what is so when %s', async (_, more, code) => {
    const to = destination(code === 'channel/rejected' ? 'ann@elsewhere.test' : 'sales@acme.test');
    await expect(send(to, { type: 'text', text: 'x' }, 'dlv_1', more)).rejects.toMatchObject({ code });
  });

  it('checks both log-ins', async () => {
    expect(await connector.check!(io(new Kept(), 'support'))).toMatchObject({ state: 'healthy' });
    expect(await connector.check!(io(new Kept(), 'support', { imap_password: 'wrong' }))).toMatchObject({
      state: 'down',
      fields: { imap_host: expect.any(String) },
    });
    await expect(
      connector.connection!.open(io(new Kept(), 'support', { imap_password: 'wrong' })),
    ).rejects.toMatchObject({ code: 'channel/credentials' });
  });
});
