import { createHash } from 'node:crypto';
import { fault } from '#libs/faults';
import type { Decoded, DecodedEvent, HookRequest } from '../connector.js';
import { mailLimits } from '../shared/mail/limits.js';
import { parseMail } from '../shared/mail/mail.js';
import { readForm } from './form.js';
import { decodeMailgunEvent, decodeMailgunMail, isMailgunMail } from './hook-mailgun.js';
import { decodePostmarkEvent, decodePostmarkMail } from './hook-postmark.js';
import { decodeSendGridEvents, decodeSendGridMail, isSendGridMail } from './hook-sendgrid.js';
import { decodeSns } from './hook-ses.js';
import type { EmailSettings } from './manifest.js';
import { readMail } from './read-mail.js';
import { trustOfHeaders } from './trust.js';
import { MailgunEvent, PostmarkEvent, PostmarkMail, SnsMessage } from './wire.js';

/**
 * Reads whatever a provider posts, by its form: mails raw or taken apart, and what became of ours.
 *
 * A mail as it is (`message/rfc822`) may have its envelope in the query: `?mail_from=…`.
 *
 * @throws Fault `input/invalid` for a mail over the limit
 */
export function decode(request: HookRequest, settings: EmailSettings): Decoded {
  if (request.body.length > mailLimits.mailBytes * 1.4)
    throw fault('input/invalid', { detail: 'The mail is too large.' });
  return { events: eventsOf(request, settings), reply: { status: 200 } };
}

function eventsOf(request: HookRequest, settings: EmailSettings): DecodedEvent[] {
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  const first = firstInk(request.body);
  if (type.startsWith('multipart/form-data') || type.startsWith('application/x-www-form-urlencoded'))
    return ofForm(request, settings);
  // SNS says text/plain of its JSON.
  if (type.includes('json') || first === '{' || first === '[') return ofJson(request, settings);
  return looksLikeMail(request.body)
    ? ofRaw(request, settings)
    : [ignored(request, 'neither a mail nor an event')];
}

function ofForm(request: HookRequest, settings: EmailSettings): DecodedEvent[] {
  const form = readForm(request.body, request.headers['content-type'] ?? '');
  if (form && isSendGridMail(form)) return decodeSendGridMail(form, request, settings);
  if (form && isMailgunMail(form)) return decodeMailgunMail(form, request, settings);
  return [ignored(request, 'a form that is no mail')];
}

function ofJson(request: HookRequest, settings: EmailSettings): DecodedEvent[] {
  const body = jsonOf(request.body);
  if (Array.isArray(body))
    return body.length > 0 ? decodeSendGridEvents(body.slice(0, 5_000)) : [ignored(request, 'an empty list')];
  const sns = SnsMessage.safeParse(body);
  if (sns.success) return decodeSns(sns.data, request, settings);
  const mailgun = MailgunEvent.safeParse(body);
  if (mailgun.success) return [{ event: decodeMailgunEvent(mailgun.data), raw: request.body }];
  const event = PostmarkEvent.safeParse(body);
  if (event.success && event.data.RecordType !== 'Inbound')
    return [{ event: decodePostmarkEvent(event.data), raw: request.body }];
  const mail = PostmarkMail.safeParse(body);
  if (mail.success) return decodePostmarkMail(mail.data, request, settings);
  return [ignored(request, 'JSON of no known kind')];
}

function ofRaw(request: HookRequest, settings: EmailSettings): DecodedEvent[] {
  const mail = parseMail(request.body);
  const returnPath = request.query['mail_from'] ?? null;
  const trust = trustOfHeaders(mail, settings.authserv_id);
  return readMail({ mail, trust, returnPath, raw: request.body, receivedAt: request.receivedAt }, settings);
}

function firstInk(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 200))
    .toString('latin1')
    .trimStart()
    .charAt(0);
}

function looksLikeMail(body: Uint8Array): boolean {
  const head = Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, 65_536)).toString('latin1');
  return /^(?:from|to|subject|date|message-id|received|return-path|mime-version)[ \t]*:/im.test(head);
}

function ignored(request: HookRequest, reason: string): DecodedEvent {
  const digest = createHash('sha256').update(request.body).digest('base64url');
  return { event: { kind: 'ignored', event_key: `x:${digest}`, reason }, raw: request.body };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}
