import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AnyConnector, Connection } from '#libs/connectors';
import { destination, Kept, MailChannels, mailProgram, writeTo } from '../support/mail-channel.js';
import { MailServers } from '../support/mail-servers.js';
import { until } from '../support/until.js';

const MAILS = 60;

/** The compiled connector against real servers: Exim takes mails, Dovecot keeps them. */
describe.runIf(MailServers.canRun)('an e-mail channel', () => {
  let servers: MailServers;
  let channels: MailChannels;
  let connector: AnyConnector;

  beforeAll(async () => {
    servers = await MailServers.start();
    channels = await MailChannels.at(servers);
    ({ connector } = channels);
  }, 60_000);
  afterEach(() => channels.closeAll());
  afterAll(async () => {
    await channels?.end();
    await servers?.stop();
  });
  const write = (to: string, text: string, more: Record<string, unknown> = {}) =>
    writeTo(servers, to, text, more);

  it('is told of new mail at once, in order, files and all', async () => {
    const kept = new Kept();
    await channels.hold(kept, 'sales');
    await until('it is open', () => kept.isOpen);
    await write('sales@acme.test', 'first', { attachments: [{ filename: 'a.txt', content: 'hi' }] });
    await until('the first mail is stored', () => kept.texts.includes('first'));
    await write('sales@acme.test', 'second');
    await until('the second mail is stored', () => kept.texts.includes('second'));
    const [event] = kept.events;
    expect(event).toMatchObject({
      from: { value: 'ann@shop.test' },
      content: [{ type: 'text' }, { type: 'file', file_name: 'a.txt', url: 'media:2' }],
    });
    const media = await connector.media!.fetch('2', {
      ...channels.io(kept, 'sales'),
      raw: () => Promise.resolve(kept.stored[0]!.raw),
    });
    expect(Buffer.from(media.bytes).toString()).toBe('hi');
  });

  it(
    'loses and doubles nothing while it, its store and the server go away in turn',
    async () => {
      const kept = new Kept();
      const texts = Array.from({ length: MAILS }, (_, n) => `mail number ${n}`);
      const session = mailProgram(servers);
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
      await servers.stopDovecot();
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
    return channels.hold(kept, 'support');
  }

  it('sends a mail that arrives, whose answer comes back to its conversation', async () => {
    const kept = new Kept();
    await channels.hold(kept, 'support');
    const sales = new Kept();
    await channels.hold(sales, 'sales');
    const receipt = await channels.send(
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
    await channels.hold(kept, 'support');
    const { providerRef } = await channels.send(
      destination('nobody@acme.test'),
      { type: 'text', text: 'Hello?' },
      'dlv_01jd7z3q9ve8g8kq0w2m5n6p8s',
    );
    await until('the bounce is read', () => kept.events.some(({ kind }) => kind === 'receipt'));
    expect(kept.events.find(({ kind }) => kind === 'receipt')).toMatchObject({
      provider_ref: providerRef,
      key: 'dlv_01jd7z3q9ve8g8kq0w2m5n6p8s',
      status: 'failed',
      error: { message: 'no such user (nobody@acme.test)' },
    });
  });

  it.each([
    ['the password is wrong', { smtp_password: 'wrong' }, 'channel/credentials'],
    ['the server may not relay', { smtp_user: undefined }, 'channel/rejected'],
    ['nobody listens', { smtp_port: 1 }, 'channel/unreachable'],
    ['the certificate is not known', { tls_ca: undefined }, 'channel/unreachable'],
  ])('says what is so when %s', async (_, more, code) => {
    const to = destination(code === 'channel/rejected' ? 'ann@elsewhere.test' : 'sales@acme.test');
    await expect(channels.send(to, { type: 'text', text: 'x' }, 'dlv_1', more)).rejects.toMatchObject({
      code,
    });
  });

  it('checks both log-ins', async () => {
    expect(await connector.check!(channels.io(new Kept(), 'support'))).toMatchObject({ state: 'healthy' });
    expect(
      await connector.check!(channels.io(new Kept(), 'support', { imap_password: 'wrong' })),
    ).toMatchObject({
      state: 'down',
      fields: { imap_host: expect.any(String) },
    });
    await expect(
      connector.connection!.open(channels.io(new Kept(), 'support', { imap_password: 'wrong' })),
    ).rejects.toMatchObject({ code: 'channel/credentials' });
  });
});
