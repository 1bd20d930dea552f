import { createServer, type Server } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { ImapFlow } from 'imapflow';
import { authenticate } from 'mailauth';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { destination, Kept, MailChannels, writeTo } from '../support/mail-channel.js';
import { MAILBOXES, MailServers } from '../support/mail-servers.js';
import { until } from '../support/until.js';

/** What mailboxes do to those who read them: real Dovecot, real Exim, the compiled connector. */
describe.runIf(MailServers.canRun)('a mailbox', () => {
  let servers: MailServers;
  let channels: MailChannels;

  beforeAll(async () => {
    servers = await MailServers.start();
    channels = await MailChannels.at(servers);
  }, 60_000);
  afterEach(() => channels.closeAll());
  afterAll(async () => {
    await channels?.end();
    await servers?.stop();
  });
  const write = (to: string, text: string, more: Record<string, unknown> = {}) =>
    writeTo(servers, to, text, more);

  /** Somebody else who looks into the mailbox. */
  async function asSomebodyElse(
    mailbox: keyof typeof MAILBOXES,
    work: (client: ImapFlow) => Promise<void>,
  ): Promise<void> {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: servers.imapPort,
      secure: false,
      tls: { ca: servers.certificate },
      servername: 'localhost',
      auth: { user: `${mailbox}@acme.test`, pass: MAILBOXES[mailbox] },
      logger: false,
    });
    client.on('error', () => undefined);
    await client.connect();
    await client.mailboxOpen('INBOX');
    await work(client);
    await client.logout();
  }

  it('that loses mails while it is read is read to its end', async () => {
    const kept = new Kept();
    await asSomebodyElse('support', async (client) => {
      // One after the other: Exim hands over mails at the same time, in any order.
      for (const [at, text] of ['one', 'two', 'three', 'four'].entries()) {
        await write('support@acme.test', text);
        await until(`mail ${text} is there`, async () => {
          await client.noop();
          return client.mailbox && client.mailbox.exists === at + 1;
        });
      }
    });
    kept.before = async () => {
      kept.before = () => Promise.resolve();
      // While the first is stored, another program throws the second and the third away.
      await asSomebodyElse('support', async (client) => {
        await client.messageDelete('2:3');
      });
    };
    await channels.hold(kept, 'support');
    await until('the last one is stored', () => kept.texts.includes('four'));
    expect(kept.texts).toEqual(['one', 'four']);
    await write('support@acme.test', 'five');
    await until('the next one is stored', () => kept.texts.includes('five'));
    expect(kept.states.filter(({ state }) => state === 'connecting')).toHaveLength(1);
  });

  it('that was made anew is read anew, and nothing is stored twice', async () => {
    const kept = new Kept();
    const first = await channels.hold(kept, 'sales');
    await write('sales@acme.test', 'before');
    await until('it is stored', () => kept.texts.includes('before'));
    const placeBefore = (await kept.recall('imap-place')) as { uidValidity: string; lastUid: number };
    await servers.renumber('sales');
    await first.ended;
    await write('sales@acme.test', 'after');
    await channels.hold(kept, 'sales');
    await until('the new one is stored', () => kept.texts.includes('after'));
    const placeAfter = (await kept.recall('imap-place')) as { uidValidity: string; lastUid: number };
    expect(placeAfter.uidValidity).not.toBe(placeBefore.uidValidity);
    // Whether the first mail was offered again or not: it is known by its key.
    expect(kept.texts).toEqual(['before', 'after']);
  });

  it('goes on after the last mail when its session was ended', async () => {
    const kept = new Kept();
    const first = await channels.hold(kept, 'sales');
    await until('it is open', () => kept.isOpen);
    await write('sales@acme.test', 'while it was open');
    await until('it is stored', () => kept.texts.includes('while it was open'));
    servers.kick('sales');
    expect(await first.ended).toContain('closed');
    const offered = kept.offered;
    await write('sales@acme.test', 'while it was closed');
    await channels.hold(kept, 'sales');
    await until('the new one is stored', () => kept.texts.includes('while it was closed'));
    expect(kept.offered).toBe(offered + 1);
  });

  describe('whose test mail', () => {
    it('comes back in its conversation, unseen by anybody', async () => {
      const kept = new Kept();
      const connection = await channels.hold(kept, 'support');
      await until('it is open', () => kept.isOpen);
      await connection.command!('test-mail', {});
      await until('it is back', () => kept.states.at(-1)?.reason.includes('came back in its conversation'));
      expect(kept.isOpen).toBe(true);
      expect(kept.texts.filter((text) => text.includes('This mail tests'))).toEqual([]);
    });

    it('cannot be sent shows why', async () => {
      const kept = new Kept();
      const connection = await channels.hold(kept, 'support', { smtp_password: 'wrong' });
      await connection.command!('test-mail', {});
      expect(kept.states.at(-1)).toMatchObject({
        state: 'degraded',
        reason: expect.stringContaining('could not be sent'),
      });
    });
  });

  describe('with OAuth', () => {
    let tokens: Server;
    let answer: () => { status: number; body: object };
    const asked: string[] = [];
    beforeAll(async () => {
      tokens = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          asked.push(body);
          const told = answer();
          response.writeHead(told.status, { 'content-type': 'application/json' });
          response.end(JSON.stringify(told.body));
        });
      });
      await new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => new Promise((resolve) => tokens.close(resolve)));
    const oauth = () => ({
      imap_password: undefined,
      oauth_token_url: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`,
      oauth_client_id: 'client',
      oauth_client_secret: 'client-secret',
      oauth_refresh_token: 'refresh',
    });

    it('opens with a fresh access token', async () => {
      servers.tokens.set('fresh-token', 'support@acme.test');
      answer = () => ({ status: 200, body: { access_token: 'fresh-token', expires_in: 3_600 } });
      const kept = new Kept();
      await channels.hold(kept, 'support', oauth());
      await until('it is open', () => kept.isOpen);
      expect(Object.fromEntries(new URLSearchParams(asked.at(-1)))).toEqual({
        grant_type: 'refresh_token',
        refresh_token: 'refresh',
        client_id: 'client',
        client_secret: 'client-secret',
      });
      await write('support@acme.test', 'by token');
      await until('mail is read', () => kept.texts.includes('by token'));
    });

    it.each([
      ['the token is of nobody', () => ({ status: 200, body: { access_token: 'unknown' } }), 'credentials'],
      ['the grant was taken back', () => ({ status: 400, body: { error: 'invalid_grant' } }), 'credentials'],
      ['the token server is broken', () => ({ status: 503, body: {} }), 'unreachable'],
    ])('says what is so when %s', async (_, told, code) => {
      answer = told;
      await expect(channels.hold(new Kept(), 'support', oauth())).rejects.toMatchObject({
        code: `channel/${code}`,
      });
    });
  });

  it('gets mails whose DKIM signature holds, through two servers', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const kept = new Kept();
    await channels.hold(kept, 'sales', { authserv_id: undefined });
    const dkim = {
      dkim_domain: 'acme.test',
      dkim_selector: 'parley',
      dkim_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
    const content = { type: 'text' as const, text: 'Signed, with äöü.\n\n.\nFrom here on.' };
    await channels.send(destination('sales@acme.test'), content, 'dlv_signed', dkim);
    await until('it arrived', () => kept.texts.some((text) => text.startsWith('Signed, with äöü.')));
    const { raw } = kept.stored.find(
      ({ event }) => event.kind === 'message' && event.provider_id.startsWith('dlv_signed'),
    )!;
    const record = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const { dkim: checked } = await authenticate(Buffer.from(raw), {
      ip: '127.0.0.1',
      helo: 'acme.test',
      sender: 'support@acme.test',
      resolver: (name: string) =>
        name === 'parley._domainkey.acme.test'
          ? Promise.resolve([[`v=DKIM1; k=rsa; p=${record}`]])
          : Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' })),
    });
    expect(checked.results).toMatchObject([{ signingDomain: 'acme.test', status: { result: 'pass' } }]);
  });
});
