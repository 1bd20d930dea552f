import type { DecodedEvent, HookRequest } from '../connector.js';
import type { InboundEvent } from '#libs/model';
import { z } from 'zod';
import { parseMail } from '../shared/mail/mail.js';
import { fieldOf, type Form } from './form.js';
import type { EmailSettings } from './manifest.js';
import { headersOfPairs, mailOfPieces } from './parsed-mail.js';
import { receiptEvent } from './provider-receipts.js';
import { readMail } from './read-mail.js';
import { trustOfProvider } from './trust.js';

/** A Mailgun route, raw or taken apart. @see https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/receive-http (read 2026-11-21) */
export function isMailgunMail({ fields }: Form): boolean {
  return fields.has('recipient') && (fields.has('body-mime') || fields.has('message-headers'));
}

const Headers = z.array(z.tuple([z.string(), z.string()]));
const ContentIds = z.record(z.string(), z.string());

export function decodeMailgunMail(form: Form, request: HookRequest, settings: EmailSettings): DecodedEvent[] {
  const returnPath = form.fields.has('sender') ? fieldOf(form, 'sender') : null;
  const raw = form.fields.get('body-mime');
  const mail = raw
    ? parseMail(raw)
    : mailOfPieces({
        headers: headersOfPairs(Headers.safeParse(json(fieldOf(form, 'message-headers'))).data ?? []),
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
  const ids = ContentIds.safeParse(json(fieldOf(form, 'content-id-map'))).data ?? {};
  const idOf = new Map(Object.entries(ids).map(([id, field]) => [field, id.replace(/^<|>$/g, '')]));
  return form.files.map(({ field, number, fileName, mimeType, sizeBytes }) => ({
    number,
    name: fileName,
    mimeType,
    sizeBytes,
    contentId: idOf.get(field) ?? null,
  }));
}

/** An event webhook. @see https://documentation.mailgun.com/docs/mailgun/user-manual/tracking-messages (read 2026-11-21) */
export const MailgunEvent = z.object({
  signature: z.looseObject({ timestamp: z.string(), token: z.string(), signature: z.string() }),
  'event-data': z.looseObject({
    event: z.string(),
    id: z.string().max(400),
    timestamp: z.number().optional(),
    severity: z.string().optional(),
    reason: z.string().optional(),
    message: z
      .looseObject({ headers: z.looseObject({ 'message-id': z.string().max(512).optional() }).optional() })
      .optional(),
    'delivery-status': z
      .looseObject({
        code: z.union([z.string(), z.number()]).optional(),
        'enhanced-code': z.string().optional(),
        message: z.string().optional(),
        description: z.string().optional(),
      })
      .optional(),
  }),
});
const STATUSES = {
  accepted: 'sent',
  delivered: 'delivered',
  opened: 'read',
  clicked: 'read',
  failed: 'failed',
  rejected: 'failed',
} as const;

export function decodeMailgunEvent({ 'event-data': data }: z.infer<typeof MailgunEvent>): InboundEvent {
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
