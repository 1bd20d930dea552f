import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import type { InboundEvent } from '#libs/model';
import type { DecodedEvent, HookRequest, Verdict } from '../connector.js';
import { parseMail } from '../shared/mail/mail.js';
import type { EmailSettings } from './manifest.js';
import { receiptEvent } from './provider-receipts.js';
import { readMail } from './read-mail.js';
import { resultOf } from './trust.js';
import { type SnsMessage, SesNotification } from './wire.js';

/** Whether SNS signed what counts in this message, with the certificate that the channel knows, not long ago. Never throws. */
export function verifySns(message: SnsMessage, certificate: string, receivedAt: number): Verdict {
  const age = receivedAt - Date.parse(message.Timestamp);
  if (!(Math.abs(age) < 3_600_000 + 300_000))
    return { genuine: false, reason: 'the message is more than an hour old' };
  const algorithm = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' }[message.SignatureVersion ?? ''];
  if (algorithm === undefined || message.Signature === undefined)
    return { genuine: false, reason: 'no known signature' };
  try {
    const key = certificate.includes('BEGIN PUBLIC KEY')
      ? createPublicKey(certificate)
      : new X509Certificate(certificate).publicKey;
    const isGenuine = verify(
      algorithm,
      Buffer.from(signedText(message)),
      key,
      Buffer.from(message.Signature, 'base64'),
    );
    return isGenuine ? { genuine: true } : { genuine: false, reason: 'the signature is not of these bytes' };
  } catch {
    return { genuine: false, reason: 'the certificate cannot be read' };
  }
}

function signedText(message: SnsMessage): string {
  const { Type, Message, MessageId, Subject, Timestamp, TopicArn, SubscribeURL, Token } = message;
  const fields: [string, string | null | undefined][] =
    Type === 'Notification'
      ? [
          ['Message', Message],
          ['MessageId', MessageId],
          ['Subject', Subject],
          ['Timestamp', Timestamp],
          ['TopicArn', TopicArn],
          ['Type', Type],
        ]
      : [
          ['Message', Message],
          ['MessageId', MessageId],
          ['SubscribeURL', SubscribeURL],
          ['Timestamp', Timestamp],
          ['Token', Token],
          ['TopicArn', TopicArn],
          ['Type', Type],
        ];
  return fields
    .flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}\n${value}\n`]))
    .join('');
}

export function decodeSns(
  message: SnsMessage,
  request: HookRequest,
  settings: EmailSettings,
): DecodedEvent[] {
  const key = `sns:${message.MessageId}`;
  const ignored = (reason: string): DecodedEvent[] => [
    { event: { kind: 'ignored', event_key: key, reason: reason.slice(0, 500) }, raw: request.body },
  ];
  if (settings.sns_topics.length > 0 && !settings.sns_topics.includes(message.TopicArn))
    return ignored(`topic ${message.TopicArn} is not one of the channel's`);
  if (message.Type !== 'Notification')
    return ignored(`${message.Type}: open ${message.SubscribeURL ?? 'its SubscribeURL'} to confirm`);
  const parsed = SesNotification.safeParse(json(message.Message));
  if (!parsed.success) return ignored('a notification that is not from SES');
  const { content, receipt, mail } = parsed.data;
  if (content === undefined) return [{ event: statusOf(parsed.data, key), raw: request.body }];
  const isBase64 =
    receipt?.action?.encoding?.toUpperCase() === 'BASE64' ||
    /^[A-Za-z0-9+/=\s]+$/.test(content.slice(0, 2_000));
  const raw = Buffer.from(content, isBase64 ? 'base64' : 'utf8');
  const trust = {
    spf: resultOf(receipt?.spfVerdict?.status),
    dkim: resultOf(receipt?.dkimVerdict?.status),
    dmarc: resultOf(receipt?.dmarcVerdict?.status),
    arc: 'unknown' as const,
  };
  return readMail(
    { mail: parseMail(raw), trust, returnPath: mail?.source ?? null, raw, receivedAt: request.receivedAt },
    settings,
  );
}

function statusOf(notification: SesNotification, key: string): InboundEvent {
  const kind = notification.eventType ?? notification.notificationType ?? '';
  const ref = notification.mail?.messageId;
  const isFinal = notification.bounce?.bounceType !== 'Transient';
  const made = (
    {
      Delivery: 'delivered',
      Bounce: 'failed',
      Reject: 'failed',
      Send: 'sent',
      Open: 'read',
      Click: 'read',
    } as const
  )[kind];
  if (!made || !ref || (kind === 'Bounce' && !isFinal))
    return { kind: 'ignored', event_key: key, reason: `notification ${kind.slice(0, 64)}` };
  const recipient = notification.bounce?.bouncedRecipients[0];
  const at = Date.parse(
    notification.bounce?.timestamp ?? notification.delivery?.timestamp ?? notification.mail?.timestamp ?? '',
  );
  const words =
    recipient?.diagnosticCode ??
    [notification.bounce?.bounceType, notification.bounce?.bounceSubType].filter(Boolean).join(' ');
  return receiptEvent({
    key,
    ref,
    status: made,
    at,
    error: { name: 'ses', code: recipient?.status ?? kind, message: words || kind },
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
