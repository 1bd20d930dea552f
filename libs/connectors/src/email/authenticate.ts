import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { HookRequest, Verdict } from '../connector.js';
import { verifyWebhook } from '../shared/standard-webhooks.js';
import { fieldOf, readForm } from './form.js';
import { verifySns } from './hook-ses.js';
import type { EmailSettings } from './manifest.js';
import { MailgunEvent, SnsMessage } from './wire.js';

/** Mailgun repeats for eight hours. */
const MAILGUN_AGE_MS = 9 * 3_600_000;
const SENDGRID_AGE_MS = 3_600_000;

/**
 * Whether a request is from whom the channel has an agreement with: a provider's own signature where it has one, a Standard
 * Webhooks signature, or the hook secret as the password of the address. One of them must hold; none can be switched off.
 */
export function authenticate(request: HookRequest, settings: EmailSettings): Verdict {
  try {
    return judge(request, settings);
  } catch {
    return refuse('the request cannot be read');
  }
}

function judge(request: HookRequest, settings: EmailSettings): Verdict {
  const { headers } = request;
  if (headers['webhook-signature'] !== undefined) return verifyWebhook(request, [settings.hook_secret]);
  if (headers['x-twilio-email-event-webhook-signature'] !== undefined && settings.sendgrid_public_key)
    return verifySendGrid(request, settings.sendgrid_public_key);
  if (headers['authorization'] !== undefined)
    return verifyPassword(headers['authorization'], settings.hook_secret);
  if (settings.mailgun_signing_key) {
    const verdict = verifyMailgun(request, settings.mailgun_signing_key);
    if (verdict) return verdict;
  }
  const sns = settings.sns_certificate ? SnsMessage.safeParse(jsonOf(request.body)) : null;
  if (sns?.success) return verifySns(sns.data, settings.sns_certificate!, request.receivedAt);
  return refuse('no signature and no password');
}

/** HTTP Basic authentication: `https://parley:SECRET@…`. */
function verifyPassword(header: string, secret: string): Verdict {
  const credentials = /^Basic\s+([A-Za-z0-9+/=_-]{1,2000})$/i.exec(header)?.[1];
  const told = Buffer.from(credentials ?? '', 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');
  // In an address the secret may have been written with or without its escapes.
  return isSame(told, secret) || isSame(told, encodeURIComponent(secret))
    ? { genuine: true }
    : refuse('the password differs');
}

/** ECDSA over timestamp and bytes. @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features (read 2026-11-21) */
function verifySendGrid({ headers, body, receivedAt }: HookRequest, publicKey: string): Verdict {
  const timestamp = headers['x-twilio-email-event-webhook-timestamp'] ?? '';
  if (!/^\d{9,11}$/.test(timestamp)) return refuse('no timestamp');
  if (Math.abs(receivedAt - Number(timestamp) * 1000) > SENDGRID_AGE_MS)
    return refuse('the timestamp is too far off');
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const signature = Buffer.from(headers['x-twilio-email-event-webhook-signature'] ?? '', 'base64');
  const isGenuine = verify('sha256', Buffer.concat([Buffer.from(timestamp), body]), key, signature);
  return isGenuine ? { genuine: true } : refuse('the signature is not of these bytes');
}

/** HMAC over timestamp and token. @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks (read 2026-11-21) @returns null when there is none */
function verifyMailgun(request: HookRequest, key: string): Verdict | null {
  const signed = mailgunSignature(request);
  if (!signed) return null;
  const expected = createHmac('sha256', key).update(`${signed.timestamp}${signed.token}`).digest('hex');
  if (!isSame(signed.signature, expected)) return refuse('the signature differs');
  const age = Math.abs(request.receivedAt - Number(signed.timestamp) * 1000);
  return age < MAILGUN_AGE_MS ? { genuine: true } : refuse('the timestamp is too far off');
}

function mailgunSignature({
  body,
  headers,
}: HookRequest): { timestamp: string; token: string; signature: string } | null {
  const type = headers['content-type'] ?? '';
  if (type.includes('json')) return MailgunEvent.safeParse(jsonOf(body)).data?.signature ?? null;
  const form = readForm(body, type);
  if (!form?.fields.has('signature')) return null;
  return {
    timestamp: fieldOf(form, 'timestamp'),
    token: fieldOf(form, 'token'),
    signature: fieldOf(form, 'signature'),
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}

/** In constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const refuse = (reason: string): Verdict => ({ genuine: false, reason });
