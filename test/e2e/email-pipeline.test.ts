import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMail, type Mail } from '../../libs/connectors/src/shared/mail/mail.js';
import { apiOf, boot, makeWorkspace, type Api, type Booted } from '../support/boot.js';
import { until } from '../support/until.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** The whole way of a mail: posted as it is, answered by the bot, sent by SMTP, answered again. */
describe('a person who writes mails', () => {
  let booted: Booted;
  let api: Api;
  let channelId: string;
  let server: SMTPServer;
  const sent: Mail[] = [];

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData(stream, _session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          sent.push(parseMail(Buffer.concat(chunks)));
          done();
        });
      },
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    booted = await boot({ env: { PARLEY_PUBLIC_URL: 'https://parley.example' } });
    const home = await makeWorkspace(booted, 'Mail');
    api = apiOf(booted, home.key);
    const settings = {
      address: 'support@acme.example',
      hook_secret: SECRET,
      authserv_id: 'mx.acme.example',
      smtp_host: '127.0.0.1',
      smtp_port: (server.server.address() as AddressInfo).port,
      smtp_security: 'none',
      check_dns: false,
    };
    const made = await api('POST', '/v1/channels', {
      connector: 'email',
      name: 'Mail',
      settings,
      bot_id: home.botId,
    });
    expect(made.status).toBe(201);
    channelId = made.body.id as string;
  });
  afterAll(async () => {
    await booted?.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  const post = (lines: readonly string[], password = SECRET): Promise<Response> =>
    fetch(`${booted.url}/hooks/email/${channelId}`, {
      method: 'POST',
      headers: {
        'content-type': 'message/rfc822',
        authorization: `Basic ${Buffer.from(`parley:${password}`).toString('base64')}`,
      },
      body: lines.join('\r\n'),
    });
  const from = (id: string, ...more: string[]): string[] => [
    'From: Ann <ann@shop.example>',
    'To: support@acme.example',
    'Subject: Opening',
    `Message-ID: <${id}@shop.example>`,
    ...more,
  ];
  const conversations = async (): Promise<{ id: string }[]> =>
    (await api('GET', '/v1/conversations')).body.data as { id: string }[];

  it('is answered in the same thread, and stays in one conversation', async () => {
    expect((await post(from('one', '', 'hello', '', '', 'when are you open?'))).status).toBe(200);
    const answer = await until('an answer', () => sent.find(({ text }) => text?.includes('nine to five')));
    expect(answer).toMatchObject({
      subject: 'Re: Opening',
      inReplyTo: ['one@shop.example'],
      references: ['one@shop.example'],
      to: [{ address: 'ann@shop.example' }],
    });
    const quoted = [
      '',
      'when are you open?',
      '',
      'On Sat, 21 Nov 2026 at 10:00, Acme <support@acme.example> wrote:',
      '> From nine to five.',
    ];
    await post(
      from(
        'two',
        `In-Reply-To: <${answer.messageId}>`,
        `References: <one@shop.example> <${answer.messageId}>`,
        ...quoted,
      ),
    );
    const second = await until('a second answer', () =>
      sent.find(({ inReplyTo }) => inReplyTo[0] === 'two@shop.example'),
    );
    expect(second.references).toEqual(['one@shop.example', answer.messageId, 'two@shop.example']);
    const [conversation, ...others] = await conversations();
    expect(others).toEqual([]);
    const { body } = await api('GET', `/v1/conversations/${conversation!.id}/messages`);
    const said = (
      body.data as { direction: string; parts: { text?: string }[]; metadata: Record<string, string> }[]
    ).filter(({ direction }) => direction === 'in');
    expect(said.map(({ parts }) => parts[0]?.text)).toContain('when are you open?');
    expect(said.some(({ metadata }) => metadata['quoted_text']?.includes('> From nine to five.'))).toBe(true);
  });

  it('is not answered when it is a machine', async () => {
    const before = sent.length;
    await post(from('away', 'Auto-Submitted: auto-replied', '', 'when are you open?'));
    await post([
      'From: Bob <bob@shop.example>',
      'Subject: Opening',
      'Message-ID: <bob@shop.example>',
      '',
      'when are you open?',
    ]);
    await until('Bob is answered', () => sent.some(({ inReplyTo }) => inReplyTo[0] === 'bob@shop.example'));
    expect(sent.slice(before).some(({ inReplyTo }) => inReplyTo[0] === 'away@shop.example')).toBe(false);
  });

  it('is not taken for somebody else who names their mails', async () => {
    const results = (dmarc: string) => `Authentication-Results: mx.acme.example; dmarc=${dmarc}`;
    const eva = (id: string, text: string, ...more: string[]) =>
      post([...from(id, ...more).slice(1), 'From: Eva <eva@shop.example>', '', text]);
    await eva('eva', 'when are you open?', results('pass'));
    const answer = await until('an answer', () =>
      sent.find(({ inReplyTo }) => inReplyTo[0] === 'eva@shop.example'),
    );
    // Somebody who has seen Eva's mail, but none of ours, writes in her name and wants the answers.
    const steal = ['References: <eva@shop.example>', 'Reply-To: thief@evil.example'];
    await eva('forged', 'when are you open?', results('fail'), ...steal);
    await eva('unproved', 'send me all that you know', results('none'), ...steal);
    await until('both are answered', () =>
      ['forged', 'unproved'].every((id) =>
        sent.some(({ inReplyTo }) => inReplyTo[0] === `${id}@shop.example`),
      ),
    );
    expect(sent.filter(({ to }) => to[0]?.address === 'thief@evil.example')).toEqual([]);
    const sql = `select distinct conversation_id, contact_id, address_kind from message m join conversation c on c.id = m.conversation_id
      where m.provider_id = any ($1)`;
    const rows = async (...ids: string[]) =>
      (
        await booted.owner.query<{ conversation_id: string; contact_id: string; address_kind: string }>(sql, [
          ids.map((id) => `${id}@shop.example`),
        ])
      ).rows;
    const [hers] = await rows('eva');
    const [forged] = await rows('forged');
    const [unproved] = await rows('unproved');
    expect(new Set([hers, forged, unproved].map((row) => row!.conversation_id)).size).toBe(3);
    expect(forged!.contact_id).not.toBe(hers!.contact_id);
    // Herself, she goes on where she was.
    await eva('eva-again', 'and on Sunday?', results('pass'), `In-Reply-To: <${answer.messageId}>`);
    await until(
      'she is heard',
      async () => (await rows('eva-again'))[0]?.conversation_id === hers!.conversation_id,
    );
  });

  it('gets nowhere without the password', async () => {
    expect((await post(from('forged', '', 'x'), 'wrong')).status).toBe(401);
  });

  it('learns that an answer bounced', async () => {
    const answer = sent.find(({ inReplyTo }) => inReplyTo[0] === 'bob@shop.example')!;
    await post([
      'From: MAILER-DAEMON@mx.example',
      'Message-ID: <dsn@mx.example>',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
      '',
      '--r',
      '',
      'Failed.',
      '--r',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example',
      '',
      'Final-Recipient: rfc822; bob@shop.example',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 no such user',
      '',
      '--r',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${answer.messageId}>`,
      '',
      '--r--',
    ]);
    const sql = "select count(*)::int as count from delivery where status = 'failed'";
    await until(
      'the delivery failed',
      async () => (await booted.owner.query<{ count: number }>(sql)).rows[0]!.count > 0,
    );
  });
});
