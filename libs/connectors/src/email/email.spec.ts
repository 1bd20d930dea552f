import { createHmac, createPrivateKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Content, InboundEvent } from '#libs/model';
import type { Destination, HookRequest, Io, Part } from '../connector.js';
import { parseSettings } from '../settings.js';
import { parseMail } from '../shared/mail/mail.js';
import { threadFor, tokenOf } from '../shared/mail/thread.js';
import { signWebhook } from '../shared/standard-webhooks.js';
import { conformance, type StubRequest } from '../testkit/index.js';
import { signAws } from './aws-sign.js';
import { compose } from './compose.js';
import { connector } from './connector.js';
import type { EmailSettings } from './manifest.js';
import { writeMail } from './outgoing.js';
import { contentOf } from './plan.js';
import { rawOf } from './raw-mail.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const raw = (url: string) => ({
  address: 'support@acme.example',
  token_secret: 'token-secret-0123456789',
  hook_secret: SECRET,
  sendgrid_public_key:
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMh/Z+5hB7/neE59uOv4M7dp7Ww3miIHg/Yd8XV48+n/Y2TJxivuKptIKe2zZUwLqLxxoB2OUvTlbuCs7jxIoTw==',
  mailgun_signing_key: 'mailgun-signing-key',
  send: 'sendgrid',
  api_key: 'SG.key-0123456789',
  api_base_url: url,
  check_dns: false,
});
const settings = parseSettings(connector, raw('http://provider.example'));
const to: Destination = {
  thread: 't:AAAAAAAAAAAAAAAAAAAAAA',
  address: { kind: 'email', value: 'ann@shop.example' },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
};
const KEY = 'dlv_01jd7z3q9ve8g8kq0w2m5n6p7r';

function sign(
  body: string,
  receivedAt: number,
  { hook_secret }: EmailSettings,
  type = 'application/json',
): HookRequest {
  const headers = {
    'content-type': type,
    ...signWebhook({ id: 'm-1', now: receivedAt, body }, [hook_secret]),
  };
  return {
    method: 'POST',
    url: 'https://parley.example/hooks/email/chan_1',
    query: {},
    headers,
    body: Buffer.from(body),
    receivedAt,
  };
}
const json = (status: number, body: object, headers: Record<string, string> = {}) => ({
  kind: 'answer' as const,
  status,
  headers,
  body: JSON.stringify(body),
});
const sentTo = ({ body }: StubRequest): string =>
  (JSON.parse(body) as { personalizations: { to: { email: string }[] }[] }).personalizations[0]!.to[0]!.email;
const errors = (message: string) => ({ errors: [{ message, field: null }] });
const OUR_ID = `${KEY}.${tokenOf(to.thread, { secret: settings.token_secret })}.parley@acme.example`;

conformance({
  connector,
  folder: import.meta.dirname,
  settings: raw,
  to,
  plan: {
    limits: {},
    readBack: contentOf,
    readText: (part) => compose(contentOf(part), { answerLink: () => null, fileLink: (url) => url }).text,
  },
  inbound: {
    sign,
    unknownKind: JSON.stringify({ RecordType: 'SubscriptionChange', ID: 1 }),
    delivered: (ref) =>
      JSON.stringify([{ event: 'delivered', sg_event_id: 'e-1', timestamp: 1795262300, parley_ref: ref }]),
  },
  provider: {
    accepts: { kind: 'answer', status: 202, headers: { 'x-message-id': 'sg-1' } },
    acceptedRef: OUR_ID,
    destinationOf: sentTo,
    errors: [
      {
        what: 'slow down',
        answer: json(429, errors('too many requests'), { 'retry-after': '3' }),
        code: 'channel/throttled',
      },
      {
        what: 'the key is wrong',
        answer: json(401, errors('authorization required')),
        code: 'channel/credentials',
      },
      {
        what: 'the sender is not verified',
        answer: json(403, errors('from address does not match')),
        code: 'channel/credentials',
      },
      {
        what: 'the address is wrong',
        answer: json(400, errors('does not contain a valid address')),
        code: 'channel/rejected',
      },
      { what: 'too large', answer: json(413, errors('payload too large')), code: 'channel/rejected' },
      { what: 'broken', answer: json(500, {}), code: 'channel/outcome-unknown' },
    ],
  },
});

const NOW = Date.parse('2026-11-21T12:00:00Z');
const receive = (
  body: string,
  type = 'message/rfc822',
  more: Partial<EmailSettings> = {},
  now = NOW,
): InboundEvent[] =>
  connector
    .webhook!.decode(sign(body, now, settings, type), { ...settings, ...more })
    .events.map(({ event }) => event);
const mail = (...lines: string[]): string =>
  [
    'From: Ann <Ann@shop.example>',
    'To: support@acme.example',
    'Subject: Size',
    'Message-ID: <q-1@shop.example>',
    ...lines,
  ].join('\r\n');

describe('a mail that comes in', () => {
  it('is what the person wrote, with what was around it', () => {
    const [event] = receive(
      mail(
        'Date: Sat, 21 Nov 2026 11:59:00 +0000',
        '',
        'In 42, please.',
        '',
        'On Fri, 20 Nov 2026 at 10:00, Acme <support@acme.example> wrote:',
        '> Which size?',
      ),
    );
    expect(event).toMatchObject({
      kind: 'message',
      from: { kind: 'email', value: 'ann@shop.example', name: 'Ann' },
      provider_id: 'q-1@shop.example',
      sent_at: '2026-11-21T11:59:00.000Z',
      content: [{ type: 'text', text: 'In 42, please.' }],
      metadata: {
        subject: 'Size',
        quoted_text: expect.stringContaining('Which size?'),
        message_id: 'q-1@shop.example',
      },
    });
  });

  it('has its HTML made harmless, once, for whoever shows it', () => {
    const html =
      '<p onclick="x">Hi <b>you</b><script>alert(1)</script><img src="https://evil.example/pixel"></p>';
    const [event] = receive(mail('Content-Type: text/html', '', html));
    expect(event).toMatchObject({
      content: [{ text: 'Hi you' }],
      metadata: { html: '<p>Hi <b>you</b></p>' },
    });
    const [long] = receive(mail('Content-Type: text/html', '', `Hi ${'<p>x</p>'.repeat(9_000)}`));
    expect(long).toMatchObject({ metadata: { skipped: 'html' } });
  });

  it('has its pictures where they stand, and the other files below', () => {
    const [event] = receive(
      mail(
        'Content-Type: multipart/related; boundary=b',
        '',
        '--b',
        'Content-Type: text/html',
        '',
        'See <img src="cid:p1"> here',
        '--b',
        'Content-Type: image/png',
        'Content-ID: <p1>',
        '',
        'x',
        '--b',
        'Content-Type: application/pdf; name=a.pdf',
        '',
        'y',
        '--b--',
      ),
    );
    expect(event).toMatchObject({
      content: [
        { type: 'text', text: 'See' },
        { type: 'image', url: 'media:2' },
        { type: 'text', text: 'here' },
        { type: 'file', url: 'media:3', file_name: 'a.pdf' },
      ],
    });
  });

  it.each([
    ['Auto-Submitted: auto-replied', 'auto-reply'],
    ['List-Id: <news.shop.example>', 'list'],
    ['Precedence: bulk', 'bulk'],
  ])('is marked when a machine wrote it: %s', (header, automatic) => {
    expect(receive(mail(header, '', 'x'))).toMatchObject([
      { kind: 'message', automatic: true, metadata: { automatic } },
    ]);
  });

  it('is ignored when it is our own', () => {
    expect(receive(['From: support+x@acme.example', 'Subject: x', '', 'x'].join('\r\n'))).toMatchObject([
      { kind: 'ignored' },
    ]);
  });

  it('has the same key however it comes, and another for another mail', () => {
    const whole = mail('Date: Sat, 21 Nov 2026 11:59:00 +0000', '', 'Hello there, this is my question.');
    const form = new URLSearchParams({
      recipient: 'support@acme.example',
      sender: 'ann@shop.example',
      'body-mime': whole,
      timestamp: '1',
      token: '2',
      signature: '3',
    });
    const [byMailgun] = receive(form.toString(), 'application/x-www-form-urlencoded');
    const [byItself] = receive(whole);
    expect(byMailgun!.event_key).toBe(byItself!.event_key);
    expect(receive(whole.replace('Hello', 'Goodbye'))[0]!.event_key).not.toBe(byItself!.event_key);
  });

  it('whose sender was proved false begins a conversation of its own', () => {
    const told = (result: string) =>
      `Authentication-Results: mx.acme.example; dmarc=${result}; spf=pass\r\nIn-Reply-To: <first@shop.example>`;
    const threadIn = (result: string) =>
      receive(mail(told(result), '', 'x'), 'message/rfc822', { authserv_id: 'mx.acme.example' })[0] as {
        thread: string;
      };
    expect(threadIn('pass').thread).toBe(threadFor('first@shop.example', 'ann@shop.example', 'proved'));
    expect(threadIn('fail').thread).not.toBe(threadIn('pass').thread);
  });
});

describe('reports about our mails', () => {
  const dsn = (id: string, status = '5.1.1', action = 'failed'): string =>
    [
      'From: MAILER-DAEMON@mx.example',
      'Message-ID: <d-1@mx.example>',
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
      'Final-Recipient: rfc822; ann@shop.example',
      `Action: ${action}`,
      `Status: ${status}`,
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      '',
      '--r',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${id}>`,
      '',
      '--r--',
    ].join('\r\n');

  it('settle the delivery, with the reason', () => {
    expect(receive(dsn(OUR_ID))).toMatchObject([
      {
        kind: 'receipt',
        provider_ref: OUR_ID,
        key: KEY,
        status: 'failed',
        error: { code: '5.1.1', message: '550 5.1.1 no such user (ann@shop.example)' },
      },
    ]);
    expect(receive(dsn(OUR_ID, '2.0.0', 'delivered'))).toMatchObject([
      { kind: 'receipt', status: 'delivered' },
    ]);
    expect(receive(dsn(OUR_ID, '4.4.1', 'delayed'))).toMatchObject([{ kind: 'ignored' }]);
  });

  it('settle nothing when they are about another mail, or a forged one', () => {
    expect(receive(dsn('x@y.example'))).toMatchObject([{ kind: 'message', automatic: true }]);
    expect(receive(dsn(OUR_ID.replace('.parley@', 'x.parley@')))).toMatchObject([
      { kind: 'message', automatic: true },
    ]);
  });

  it('of older servers are found by the copy in their text', () => {
    const old = [
      'From: MAILER-DAEMON@mx.example',
      'Subject: failure notice',
      '',
      'Sorry, no mailbox here by that name. (#5.1.1)',
      '--- Below this line is a copy of the message.',
      `Message-ID: <${OUR_ID}>`,
    ].join('\r\n');
    expect(receive(old)).toMatchObject([
      { kind: 'receipt', key: KEY, status: 'failed', error: { code: '5.1.1' } },
    ]);
  });

  it('of spam opt the person out', () => {
    const arf = [
      'From: fbl@isp.example',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=r',
      '',
      '--r',
      '',
      'Spam.',
      '--r',
      'Content-Type: message/feedback-report',
      '',
      'Feedback-Type: abuse',
      'Original-Rcpt-To: <ann@shop.example>',
      '',
      '--r',
      'Content-Type: message/rfc822',
      '',
      `Message-ID: <${OUR_ID}>`,
      '',
      'x',
      '--r--',
    ].join('\r\n');
    expect(receive(arf)).toMatchObject([
      { kind: 'message', consent: 'opted-out', automatic: true, from: { value: 'ann@shop.example' } },
    ]);
    expect(receive(arf.replace(OUR_ID, 'x@y.example'))).toMatchObject([{ kind: 'ignored' }]);
  });
});

const io = (more: Partial<EmailSettings> = {}): Io<EmailSettings> => ({
  settings: { ...settings, ...more },
  fetch: () => Promise.reject(new Error('no calls')),
  signal: new AbortController().signal,
  now: () => NOW,
  linkTo: (url) => Promise.resolve(`https://parley.example/media/${url.slice(6)}`),
  readMedia: (url, max) =>
    max < 100
      ? Promise.reject(new Error('too large'))
      : Promise.resolve({ bytes: Buffer.from(url), mimeType: 'image/png', fileName: 'a\r\nb.png' }),
});
const partOf = (...contents: Content[]): Part => connector.outbound.plan(contents, settings).parts[0]!;
const text = (words: string): Content => ({ type: 'text', text: words });
const answered: Destination = {
  ...to,
  lastInboundRef: 'q-1@shop.example',
  lastInboundMetadata: {
    subject: 'AW: Size',
    message_id: 'q-1@shop.example',
    references: 'r-1@shop.example r-2@shop.example',
    text_mark: 'abcd1234',
  },
};

describe('a mail that goes out', () => {
  it('is an answer in its thread, and says that a machine wrote it', async () => {
    const saidBefore = { turnsToday: 0, turnsLately: 0, isRepeated: false };
    const byBot = { ...answered, saidBefore };
    const written = await rawOf(await writeMail(partOf(text('It is **42**.')), byBot, KEY, io()), NOW);
    const read = parseMail(written);
    expect(read).toMatchObject({
      subject: 'Re: Size',
      messageId: OUR_ID.replace('.parley@', '.abcd1234.parley@'),
      inReplyTo: ['q-1@shop.example'],
      references: ['r-1@shop.example', 'r-2@shop.example', 'q-1@shop.example'],
      text: 'It is 42.\n',
    });
    expect(read.html).toContain('It is <b>42</b>.');
    expect(Object.fromEntries(read.headers.map(({ name, raw }) => [name, raw]))).toMatchObject({
      'auto-submitted': 'auto-replied',
      'x-auto-response-suppress': 'All',
    });
  });

  it('does not say so when a person answers', async () => {
    const { headers } = await writeMail(partOf(text('It is 42.')), answered, KEY, io());
    expect(Object.keys(headers)).toEqual(['X-Parley-Loop']);
  });

  it('comes back to its conversation when it is answered, by anybody', async () => {
    const { messageId } = await writeMail(partOf(text('It is 42.')), answered, KEY, io());
    const [event] = receive(
      `From: bob@shop.example\r\nSubject: Re: Size\r\nIn-Reply-To: <${messageId}>\r\nMessage-ID: <b@x>\r\n\r\nThanks`,
    );
    expect(event).toMatchObject({ thread: to.thread, from: { value: 'bob@shop.example' } });
  });

  it('offers options by number and by links that come back as the choice', async () => {
    const asked: Content = {
      type: 'choices',
      text: 'Which?',
      style: 'buttons',
      options: [
        { id: 'r', label: 'Red & round' },
        { id: 'b', label: 'Blue', url: 'https://shop.example/b' },
      ],
    };
    const { text: plain, html } = await writeMail(partOf(asked), answered, KEY, io());
    expect(plain).toContain('1. Red & round\n2. Blue');
    const link = /href="(mailto:[^"]+)"/.exec(html)![1]!.replaceAll('&#38;', '&');
    const { pathname, searchParams } = new URL(link);
    expect(pathname).toBe('support@acme.example');
    const back = receive(
      `From: ann@shop.example\r\nTo: ${pathname}\r\nSubject: ${searchParams.get('subject')}\r\n\r\n${searchParams.get('body')}`,
    );
    expect(back).toMatchObject([{ thread: to.thread, content: [{ type: 'text', text: 'Red & round' }] }]);
    expect(html).toContain('href="https://shop.example/b"');
  });

  it('takes files along while they fit, and links to the others', async () => {
    const picture: Content = { type: 'image', url: 'media:med_1', alt: 'A shoe' };
    const inside = await writeMail(partOf(picture), to, KEY, io());
    expect(inside.files).toMatchObject([{ fileName: 'a b.png', contentId: 'file-1@parley' }]);
    expect(inside.html).toContain('src="cid:file-1@parley"');
    const outside = await writeMail(
      partOf({ type: 'file', url: 'media:med_2' }),
      to,
      KEY,
      io({ attachment_bytes_max: 10 }),
    );
    expect(outside.files).toEqual([]);
    expect(outside.html).toContain('https://parley.example/media/med_2');
  });

  it.each([
    { subject: 'x\r\nBcc: eve@evil.example' },
    { references: 'a@b\r\nBcc: eve@evil.example' },
    { message_id: 'a@b>\r\nBcc: <eve@evil.example' },
    { reply_to: 'ann@shop.example\r\nBcc: eve@evil.example' },
    { text_mark: 'x\r\nBcc: eve@evil.example' },
  ])('cannot be given headers by what somebody wrote: %j', async (told) => {
    const destination = {
      ...to,
      address: { kind: 'email', value: 'ann@shop.example', name: 'A\r\nBcc: eve@evil.example' },
      lastInboundMetadata: { ...told } as Record<string, string>,
    };
    const bytes = await writeMail(partOf(text('x')), destination, 'k\r\nBcc: eve@evil.example', io()).then(
      (made) => rawOf(made, NOW),
      () => Buffer.alloc(0),
    );
    const head = bytes.toString().split('\r\n\r\n')[0]!;
    expect(head).not.toMatch(/^bcc:/im);
  });

  it('asks for answers to an address with a token where the channel wants that', async () => {
    const { replyTo } = await writeMail(partOf(text('x')), to, KEY, io({ reply_tokens: true }));
    expect(replyTo).toMatch(/^support\+[\w-]{33}@acme\.example$/);
    expect(receive(mail(`Cc: ${replyTo}`, '', 'y'))).toMatchObject([{ thread: to.thread }]);
  });
});

it('a mailbox that answers everything gets no third mail', async () => {
  const robot = 'Thank you for your message, we will get back to you as soon as possible.';
  const first = receive(mail('', robot))[0] as Extract<InboundEvent, { kind: 'message' }>;
  expect(first.automatic).toBeUndefined();
  const now = NOW;
  const seconds = Math.floor(now / 1000);
  const key = timeKey(now - 5_000);
  expect(seconds).toBeGreaterThan(0);
  const destination = {
    ...to,
    thread: first.thread,
    lastInboundRef: first.provider_id,
    lastInboundMetadata: first.metadata!,
  };
  const ours = await writeMail(partOf(text('Hello!')), destination, key, io());
  const again = receive(
    `From: ann@shop.example\r\nMessage-ID: <q-2@x>\r\nIn-Reply-To: <${ours.messageId}>\r\nSubject: Re: Size\r\n\r\n${robot}`,
  );
  expect(again).toMatchObject([{ automatic: true, metadata: { automatic: 'repeating' } }]);
  const person = receive(
    `From: ann@shop.example\r\nMessage-ID: <q-3@x>\r\nIn-Reply-To: <${ours.messageId}>\r\nSubject: Re: Size\r\n\r\nNo, something quite different this time, please.`,
  );
  expect((person[0] as { automatic?: boolean }).automatic).toBeUndefined();
});

/** A TypeID made at this time. */
function timeKey(time: number): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  let letters = '';
  for (let bits = BigInt(time), at = 0; at < 10; at++, bits /= 32n)
    letters = alphabet[Number(bits % 32n)]! + letters;
  return `dlv_${letters}0000000000000000`;
}

describe('who may post', () => {
  const request = (body: string, headers: Record<string, string>): HookRequest => ({
    ...sign(body, NOW, settings),
    headers,
  });
  const judge = (body: string, headers: Record<string, string>, more: Partial<EmailSettings> = {}) =>
    connector.webhook!.authenticate(request(body, headers), { ...settings, ...more }).genuine;

  it('has the hook secret as password', () => {
    const basic = (password: string) => ({
      authorization: `Basic ${Buffer.from(`parley:${password}`).toString('base64')}`,
    });
    expect(judge('{}', basic(SECRET))).toBe(true);
    expect(judge('{}', basic('wrong'))).toBe(false);
    expect(judge('{}', {})).toBe(false);
  });

  it('is Mailgun with its signature, not too old', () => {
    const form = (timestamp: number, key: string) => {
      const signature = createHmac('sha256', key).update(`${timestamp}tok`).digest('hex');
      return new URLSearchParams({ timestamp: String(timestamp), token: 'tok', signature }).toString();
    };
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const now = Math.floor(NOW / 1000);
    expect(judge(form(now, 'mailgun-signing-key'), type)).toBe(true);
    expect(judge(form(now, 'other'), type)).toBe(false);
    expect(judge(form(now - 86_400, 'mailgun-signing-key'), type)).toBe(false);
  });

  it('is SNS with its signature', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const message = {
      Type: 'Notification',
      MessageId: 'm',
      TopicArn: 'arn:aws:sns:eu-west-1:1:t',
      Message: '{}',
      Timestamp: new Date(NOW).toISOString(),
      SignatureVersion: '2',
    };
    const signed = `Message\n{}\nMessageId\nm\nTimestamp\n${message.Timestamp}\nTopicArn\n${message.TopicArn}\nType\nNotification\n`;
    const Signature = signBytes(
      'RSA-SHA256',
      Buffer.from(signed),
      createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    ).toString('base64');
    const body = JSON.stringify({ ...message, Signature });
    expect(judge(body, { 'content-type': 'text/plain' }, { sns_certificate: pem })).toBe(true);
    expect(judge(body.replace('"{}"', '"{ }"'), {}, { sns_certificate: pem })).toBe(false);
    expect(judge(body, {})).toBe(false);
  });
});

describe('what other providers post', () => {
  it('Postmark: mails, files and bounces', () => {
    const body = JSON.stringify({
      MessageID: 'pm-1',
      FromFull: { Email: 'ann@shop.example', Name: 'Ann' },
      To: 'support@acme.example',
      Subject: 'Size',
      Date: 'Sat, 21 Nov 2026 11:59:00 +0000',
      TextBody: '42',
      HtmlBody: '',
      Headers: [{ Name: 'Message-ID', Value: '<q-1@shop.example>' }],
      Attachments: [{ Name: 'a.txt', ContentType: 'text/plain', ContentLength: 2, Content: 'aGk=' }],
    });
    expect(receive(body, 'application/json')).toMatchObject([
      {
        kind: 'message',
        provider_id: 'q-1@shop.example',
        content: [{ text: '42' }, { type: 'file', url: 'media:1', file_name: 'a.txt' }],
      },
    ]);
    expect(
      receive(
        JSON.stringify({
          RecordType: 'Bounce',
          MessageID: 'x',
          Metadata: { parley_ref: OUR_ID },
          Type: 'HardBounce',
          Description: 'no such user',
        }),
        'application/json',
      ),
    ).toMatchObject([
      { kind: 'receipt', provider_ref: OUR_ID, key: KEY, status: 'failed', error: { code: 'HardBounce' } },
    ]);
  });

  it('Mailgun: mails taken apart, and events', () => {
    const form = new URLSearchParams({
      recipient: 'support@acme.example',
      sender: 'ann@shop.example',
      'message-headers': JSON.stringify([
        ['From', 'Ann <ann@shop.example>'],
        ['Subject', 'Größe'],
        ['Message-Id', '<q-1@shop.example>'],
        ['X-Mailgun-Spf', 'Pass'],
      ]),
      'body-plain': 'hi',
    });
    expect(receive(form.toString(), 'application/x-www-form-urlencoded')).toMatchObject([
      { kind: 'message', content: [{ text: 'hi' }], metadata: { subject: 'Größe', spf: 'pass' } },
    ]);
    const event = {
      signature: { timestamp: '1', token: 't', signature: 's' },
      'event-data': {
        event: 'failed',
        severity: 'permanent',
        id: 'e',
        timestamp: 1795262300.5,
        message: { headers: { 'message-id': OUR_ID } },
        'delivery-status': { code: 550, message: 'no such user' },
      },
    };
    expect(receive(JSON.stringify(event), 'application/json')).toMatchObject([
      { kind: 'receipt', provider_ref: OUR_ID, status: 'failed', error: { code: '550' } },
    ]);
  });

  it('SES: mails within notifications, and bounces', () => {
    const sns = (message: object) =>
      JSON.stringify({
        Type: 'Notification',
        MessageId: 'm',
        TopicArn: 'arn:aws:sns:eu-west-1:1:t',
        Message: JSON.stringify(message),
        Timestamp: 'x',
      });
    const content = Buffer.from(mail('', 'hi')).toString('base64');
    expect(
      receive(
        sns({
          notificationType: 'Received',
          content,
          receipt: { action: { encoding: 'BASE64' }, dmarcVerdict: { status: 'PASS' } },
          mail: { source: 'ann@shop.example' },
        }),
        'text/plain',
      ),
    ).toMatchObject([{ kind: 'message', metadata: { dmarc: 'pass' } }]);
    expect(
      receive(
        sns({
          notificationType: 'Bounce',
          mail: { messageId: 'ses-1' },
          bounce: {
            bounceType: 'Permanent',
            bouncedRecipients: [{ emailAddress: 'a@b', status: '5.1.1', diagnosticCode: 'smtp; 550' }],
          },
        }),
        'text/plain',
      ),
    ).toMatchObject([{ kind: 'receipt', provider_ref: 'ses-1', status: 'failed', error: { code: '5.1.1' } }]);
  });
});

it('what is simulated is genuine, and a message', () => {
  const request = connector.simulate!({ from: 'ann@shop.example', text: 'Grüße 👋' }, settings, NOW);
  expect(connector.webhook!.authenticate(request, settings)).toEqual({ genuine: true });
  expect(connector.webhook!.decode(request, settings).events).toMatchObject([
    { event: { kind: 'message', content: [{ text: 'Grüße 👋' }] } },
  ]);
});

it('Amazon is called with a signature of the fourth version', () => {
  const signed = signAws({
    url: 'https://email.us-east-1.amazonaws.com/v2/email/outbound-emails',
    body: '{}',
    region: 'us-east-1',
    service: 'ses',
    keyId: 'AKID',
    secret: 'secret',
    now: NOW,
  });
  expect(signed['x-amz-date']).toBe('20261121T120000Z');
  expect(signed['authorization']).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKID\/20261121\/us-east-1\/ses\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
  );
});
