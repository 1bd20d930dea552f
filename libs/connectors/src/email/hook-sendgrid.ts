import { createHash } from 'node:crypto';
import type { InboundEvent } from '#libs/model';
import type { DecodedEvent, HookRequest } from '../connector.js';
import { parseMail } from '../shared/mail/mail.js';
import { fieldOf, type Form } from './form.js';
import type { EmailSettings } from './manifest.js';
import { headersOfText, mailOfPieces } from './parsed-mail.js';
import { readMail } from './read-mail.js';
import { receiptEvent } from './provider-receipts.js';
import { resultOf, type Trust } from './trust.js';
import { SendGridEnvelope, SendGridCharsets, SendGridFiles, SendGridEvent } from './wire.js';

/** SendGrid Inbound Parse, raw or taken apart. @see https://www.twilio.com/docs/sendgrid/for-developers/parsing-email/setting-up-the-inbound-parse-webhook (read 2026-11-21) */
export function isSendGridMail({ fields }: Form): boolean {
  return fields.has('envelope') && (fields.has('email') || fields.has('headers'));
}

export function decodeSendGridMail(
  form: Form,
  request: HookRequest,
  settings: EmailSettings,
): DecodedEvent[] {
  const envelope = SendGridEnvelope.safeParse(json(fieldOf(form, 'envelope'))).data;
  const trust = trustOf(form);
  const raw = form.fields.get('email');
  const arrived = { trust, returnPath: envelope?.from ?? null, receivedAt: request.receivedAt };
  if (raw) return readMail({ ...arrived, mail: parseMail(raw), raw }, settings);
  const charsets = SendGridCharsets.safeParse(json(fieldOf(form, 'charsets'))).data ?? {};
  const info = SendGridFiles.safeParse(json(fieldOf(form, 'attachment-info'))).data ?? {};
  const mail = mailOfPieces({
    headers: headersOfText(fieldOf(form, 'headers')),
    text: fieldOf(form, 'text', charsets['text'] ?? null),
    html: fieldOf(form, 'html', charsets['html'] ?? null),
    files: form.files.map(({ field, number, fileName, mimeType, sizeBytes }) => ({
      number,
      name: info[field]?.filename ?? fileName,
      mimeType: info[field]?.type ?? mimeType,
      sizeBytes,
      contentId: info[field]?.['content-id']?.replace(/^<|>$/g, '') ?? null,
    })),
  });
  return readMail({ ...arrived, mail, raw: request.body }, settings);
}

/** `SPF`: one word; `dkim`: `{@shop.example : pass}`, one for each signature. */
function trustOf(form: Form): Trust {
  const words = [...fieldOf(form, 'dkim').matchAll(/:\s*(\w+)/g)].map((match) => resultOf(match[1]));
  return {
    spf: resultOf(fieldOf(form, 'SPF')),
    dkim: words.includes('pass') ? 'pass' : (words[0] ?? 'unknown'),
    dmarc: 'unknown',
    arc: 'unknown',
  };
}

const STATUSES = {
  processed: 'sent',
  delivered: 'delivered',
  open: 'read',
  click: 'read',
  bounce: 'failed',
  dropped: 'failed',
} as const;

/** The event webhook: one event each. @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event (read 2026-11-21) */
export function decodeSendGridEvents(items: readonly unknown[]): DecodedEvent[] {
  return items.map((item) => ({ event: eventOf(item), raw: Buffer.from(JSON.stringify(item)) }));
}

function eventOf(item: unknown): InboundEvent {
  const parsed = SendGridEvent.safeParse(item);
  const key = `sg:${parsed.data?.sg_event_id?.slice(0, 200) ?? createHash('sha256').update(JSON.stringify(item)).digest('base64url')}`;
  if (!parsed.success) return { kind: 'ignored', event_key: key, reason: 'an event without a kind' };
  const { event, timestamp, parley_ref, reason, status } = parsed.data;
  const ref = parley_ref ?? parsed.data['smtp-id']?.replace(/^<|>$/g, '');
  const made = Object.hasOwn(STATUSES, event) ? STATUSES[event as keyof typeof STATUSES] : null;
  if (!made || !ref) return { kind: 'ignored', event_key: key, reason: `event ${event.slice(0, 64)}` };
  return receiptEvent({
    key,
    ref,
    status: made,
    at: timestamp === undefined ? null : timestamp * 1000,
    error: { name: 'sendgrid', code: status ?? event, message: reason ?? event },
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
