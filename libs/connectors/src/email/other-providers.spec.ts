import { describe, expect, it } from 'vitest';
import { KEY, mail, OUR_ID, receive } from './email-fixture.js';

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
