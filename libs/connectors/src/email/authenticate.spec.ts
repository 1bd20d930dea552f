import { createHmac, createPrivateKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { HookRequest } from '../connector.js';
import { connector } from './connector.js';
import { NOW, SECRET, settings, sign } from './email-fixture.js';
import type { EmailSettings } from './manifest.js';

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
