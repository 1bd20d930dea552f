import type { DecodedEvent, HookRequest } from '../connector.js';
import type { InboundEvent } from '#libs/model';
import { parseMail } from '../shared/mail/mail.js';
import { fieldOf, type Form } from './form.js';
import type { EmailSettings } from './manifest.js';
import { headersOfPairs, mailOfPieces } from './parsed-mail.js';
import { receiptEvent } from './provider-receipts.js';
import { readMail } from './read-mail.js';
import { trustOfProvider } from './trust.js';
import { MailgunHeaders, MailgunContentIds, type MailgunEvent } from './wire.js';

/** A Mailgun route, raw or taken apart. @see https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http (read 2026-11-21) */
export function isMailgunMail({ fields }: Form): boolean {
  return fields.has('recipient') && (fields.has('body-mime') || fields.has('message-headers'));
}

export function decodeMailgunMail(form: Form, request: HookRequest, settings: EmailSettings): DecodedEvent[] {
  const returnPath = form.fields.has('sender') ? fieldOf(form, 'sender') : null;
  const raw = form.fields.get('body-mime');
  const mail = raw
    ? parseMail(raw)
    : mailOfPieces({
        headers: headersOfPairs(MailgunHeaders.safeParse(json(fieldOf(form, 'message-headers'))).data ?? []),
        text: fieldOf(form, 'body-plain'),
        html: fieldOf(form, 'body-html'),
        files: filesOf(form),
      });
  const trust = trustOfProvider(mail, { spf: 'x-mailgun-spf', dkim: 'x-mailgun-dkim-check-result' });
  return readMail(
    { mail, trust, returnPath, raw: raw ?? request.body, receivedAt: request.receivedAt },
    settings,
  );
}

function filesOf(form: Form) {
  const ids = MailgunContentIds.safeParse(json(fieldOf(form, 'content-id-map'))).data ?? {};
  const idOf = new Map(Object.entries(ids).map(([id, field]) => [field, id.replace(/^<|>$/g, '')]));
  return form.files.map(({ field, number, fileName, mimeType, sizeBytes }) => ({
    number,
    name: fileName,
    mimeType,
    sizeBytes,
    contentId: idOf.get(field) ?? null,
  }));
}

const STATUSES = {
  accepted: 'sent',
  delivered: 'delivered',
  opened: 'read',
  clicked: 'read',
  failed: 'failed',
  rejected: 'failed',
} as const;

export function decodeMailgunEvent({ 'event-data': data }: MailgunEvent): InboundEvent {
  const key = `mg:${data.id}`;
  const ref = data.message?.headers?.['message-id']?.replace(/^<|>$/g, '');
  const made = Object.hasOwn(STATUSES, data.event) ? STATUSES[data.event as keyof typeof STATUSES] : null;
  const isTemporary = data.event === 'failed' && data.severity === 'temporary';
  if (!made || !ref || isTemporary)
    return {
      kind: 'ignored',
      event_key: key,
      reason: `event ${data.event.slice(0, 64)}${isTemporary ? ' (temporary)' : ''}`,
    };
  const status = data['delivery-status'];
  return receiptEvent({
    key,
    ref,
    status: made,
    at: data.timestamp === undefined ? null : data.timestamp * 1000,
    error: {
      name: 'mailgun',
      code: status?.['enhanced-code'] || String(status?.code ?? data.event),
      message: status?.message || status?.description || data.reason || data.event,
    },
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
