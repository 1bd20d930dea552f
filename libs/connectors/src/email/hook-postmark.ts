import { createHash } from 'node:crypto';
import type { InboundEvent } from '#libs/model';
import type { DecodedEvent, HookRequest } from '../connector.js';
import { parseMail } from '../shared/mail/mail.js';
import type { EmailSettings } from './manifest.js';
import { headersOfPairs, mailOfPieces } from './parsed-mail.js';
import { receiptEvent } from './provider-receipts.js';
import { readMail } from './read-mail.js';
import { resultOf, UNKNOWN, type Trust } from './trust.js';
import { PostmarkMail, type PostmarkEvent } from './wire.js';

export function decodePostmarkMail(
  body: PostmarkMail,
  request: HookRequest,
  settings: EmailSettings,
): DecodedEvent[] {
  const headers = headersOfPairs([
    ...namedHeaders(body),
    ...body.Headers.map(({ Name, Value }): [string, string] => [Name, Value]),
  ]);
  const returnPath = headers.find(({ name }) => name === 'return-path')?.raw.replace(/[<>]/g, '') ?? null;
  const arrived = { trust: trustOf(headers), returnPath, receivedAt: request.receivedAt };
  if (body.RawEmail !== undefined && body.RawEmail !== '') {
    const raw = Buffer.from(body.RawEmail);
    return readMail({ ...arrived, mail: parseMail(raw), raw }, settings);
  }
  const files = body.Attachments.map(({ Name, ContentType, ContentLength, ContentID }, at) => ({
    number: at + 1,
    name: Name,
    mimeType: ContentType,
    sizeBytes: ContentLength,
    contentId: ContentID?.replace(/^(?:cid:)?<?|>$/g, '') || null,
  }));
  const mail = mailOfPieces({ headers, text: body.TextBody, html: body.HtmlBody, files });
  return readMail({ ...arrived, mail, raw: request.body }, settings);
}

/** Postmark takes these out of the headers. */
function namedHeaders({
  FromFull,
  To,
  Cc,
  ReplyTo,
  Subject,
  Date: date,
  Headers,
  MessageID,
}: PostmarkMail): [string, string][] {
  const has = (name: string): boolean => Headers.some((header) => header.Name.toLowerCase() === name);
  const named: [string, string][] = [
    ['from', `"${FromFull.Name.replace(/["\\]/g, '')}" <${FromFull.Email}>`],
    ['to', To],
    ['cc', Cc],
    ['reply-to', ReplyTo],
    ['subject', Subject],
    ['date', date],
    ['message-id', `<${MessageID}@inbound.postmarkapp.com>`],
  ];
  return named.filter(([name, value]) => value !== '' && !has(name));
}

function trustOf(headers: readonly { name: string; raw: string }[]): Trust {
  const spf = headers.find(({ name }) => name === 'received-spf')?.raw.split(/[\s(]/)[0];
  return { ...UNKNOWN, spf: resultOf(spf) };
}

/** The bytes of a file of a stored mail; null when it has none of that number. */
export function fileOfPostmark(
  raw: Uint8Array,
  number: number,
): { bytes: Buffer; mimeType: string; fileName: string | null } | null {
  const parsed = PostmarkMail.safeParse(JSON.parse(Buffer.from(raw).toString('utf8')));
  const file = parsed.data?.Attachments[number - 1];
  return file
    ? { bytes: Buffer.from(file.Content, 'base64'), mimeType: file.ContentType, fileName: file.Name }
    : null;
}

const STATUSES = { Delivery: 'delivered', Bounce: 'failed', Open: 'read', Click: 'read' } as const;
/** Bounces after which a mail may still arrive. */
const PASSING = new Set(['Transient', 'SoftBounce', 'AutoResponder', 'Subscribe', 'DMARCPolicy']);

export function decodePostmarkEvent(event: PostmarkEvent): InboundEvent {
  const key = `pm:${createHash('sha256').update(JSON.stringify(event)).digest('base64url')}`;
  const made = Object.hasOwn(STATUSES, event.RecordType)
    ? STATUSES[event.RecordType as keyof typeof STATUSES]
    : null;
  const ref = event.Metadata?.['parley_ref'] ?? event.MessageID;
  if (!made || !ref || PASSING.has(event.Type ?? ''))
    return {
      kind: 'ignored',
      event_key: key,
      reason: `event ${event.RecordType.slice(0, 64)} ${event.Type ?? ''}`.trim(),
    };
  return receiptEvent({
    key,
    ref,
    status: made,
    at: Date.parse(event.DeliveredAt ?? event.BouncedAt ?? event.ReceivedAt ?? ''),
    error: {
      name: 'postmark',
      code: event.Type ?? 'bounce',
      message: event.Details || event.Description || 'bounced',
    },
  });
}
