import { describe, expect, it } from 'vitest';
import { threadFor } from '../shared/mail/thread.js';
import { KEY, mail, OUR_ID, receive } from './email-fixture.js';

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
