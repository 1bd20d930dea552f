import { fault, type Fault } from '#libs/faults';
import { z } from 'zod';
import type { EgressRequest, EgressResponse, Io, Receipt } from '../connector.js';
import { faultOfStatus } from '../shared/fault-of-status.js';
import { signAws } from './aws-sign.js';
import type { EmailSettings } from './manifest.js';
import type { OutgoingMail } from './outgoing.js';
import { rawOf } from './raw-mail.js';

type MailIo = Io<EmailSettings>;

const bases = {
  sendgrid: () => 'https://api.sendgrid.com',
  mailgun: () => 'https://api.mailgun.net',
  postmark: () => 'https://api.postmarkapp.com',
  ses: ({ ses_region }: EmailSettings) => `https://email.${ses_region}.amazonaws.com`,
} as const;

/** The address of a provider's API, without a slash at its end. */
export function apiBase(settings: EmailSettings & { send: keyof typeof bases }): string {
  return (settings.api_base_url ?? bases[settings.send](settings)).replace(/\/+$/, '');
}

/** @see https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send (read 2026-11-21) */
export async function sendBySendGrid(mail: OutgoingMail, key: string, io: MailIo): Promise<Receipt> {
  const body = {
    personalizations: [
      { to: [person(mail.to)], custom_args: { parley_ref: mail.messageId, parley_key: key } },
    ],
    from: person(mail.from),
    ...(mail.replyTo !== null && { reply_to: { email: mail.replyTo } }),
    subject: mail.subject,
    headers: threadHeaders(mail),
    content: [
      { type: 'text/plain', value: mail.text },
      { type: 'text/html', value: mail.html },
    ],
    ...(mail.files.length > 0 && {
      attachments: mail.files.map(({ fileName, mimeType, bytes, contentId }) => ({
        content: base64(bytes),
        filename: fileName,
        type: mimeType,
        ...(contentId === null
          ? { disposition: 'attachment' }
          : { disposition: 'inline', content_id: contentId }),
      })),
    }),
    tracking_settings: { click_tracking: { enable: false }, open_tracking: { enable: false } },
  };
  const answer = await post(
    io,
    '/v3/mail/send',
    { authorization: `Bearer ${io.settings.api_key}` },
    JSON.stringify(body),
  );
  requireSuccess(answer, io);
  return { providerRef: mail.messageId };
}

/** As bytes, so that the mail is exactly ours. @see https://documentation.mailgun.com/docs/mailgun/api-reference/openapi-final/tag/Messages/ (read 2026-11-21) */
export async function sendByMailgun(mail: OutgoingMail, key: string, io: MailIo): Promise<Receipt> {
  const boundary = `parley-${Buffer.from(key).toString('hex').slice(0, 40)}`;
  const field = (name: string, value: string): Buffer =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="message"; filename="message.mime"\r\nContent-Type: message/rfc822\r\n\r\n`;
  const raw = await rawOf(mail, io.now());
  const body = Buffer.concat([
    field('to', mail.to.address),
    field('v:parley_key', key),
    field('o:tracking', 'no'),
    Buffer.from(head),
    raw,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const domain =
    io.settings.mailgun_domain ?? io.settings.address.slice(io.settings.address.lastIndexOf('@') + 1);
  const authorization = `Basic ${Buffer.from(`api:${io.settings.api_key}`).toString('base64')}`;
  const answer = await call(io, `/v3/${encodeURIComponent(domain)}/messages.mime`, {
    method: 'POST',
    headers: { authorization, 'content-type': `multipart/form-data; boundary=${boundary}` },
    body,
  });
  requireSuccess(answer, io);
  requireShape(answer, z.looseObject({ id: z.string() }));
  return { providerRef: mail.messageId };
}

/** @see https://postmarkapp.com/developer/api/email-api (read 2026-11-21) */
export async function sendByPostmark(mail: OutgoingMail, key: string, io: MailIo): Promise<Receipt> {
  const headers = { ...threadHeaders(mail), 'X-PM-KeepID': 'true' };
  const body = {
    From: written(mail.from),
    To: written(mail.to),
    ...(mail.replyTo !== null && { ReplyTo: mail.replyTo }),
    Subject: mail.subject,
    TextBody: mail.text,
    HtmlBody: mail.html,
    Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
    Metadata: { parley_ref: mail.messageId, parley_key: key },
    TrackOpens: false,
    TrackLinks: 'None',
    Attachments: mail.files.map(({ fileName, mimeType, bytes, contentId }) => ({
      Name: fileName,
      ContentType: mimeType,
      Content: base64(bytes),
      ...(contentId !== null && { ContentID: `cid:${contentId}` }),
    })),
  };
  const answer = await post(
    io,
    '/email',
    { 'x-postmark-server-token': io.settings.api_key ?? '', accept: 'application/json' },
    JSON.stringify(body),
  );
  requireSuccess(answer, io);
  requireShape(answer, z.looseObject({ MessageID: z.string() }));
  return { providerRef: mail.messageId };
}

/** As bytes, with Amazon's signature. @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html (read 2026-11-21) */
export async function sendBySes(mail: OutgoingMail, io: MailIo): Promise<Receipt> {
  const raw = await rawOf(mail, io.now());
  const body = JSON.stringify({
    FromEmailAddress: written(mail.from),
    Destination: { ToAddresses: [mail.to.address] },
    Content: { Raw: { Data: raw.toString('base64') } },
  });
  const { settings } = io;
  const url = `${apiBase({ ...settings, send: 'ses' })}/v2/email/outbound-emails`;
  const signed = signAws({
    url,
    body,
    region: settings.ses_region,
    service: 'ses',
    now: io.now(),
    keyId: settings.ses_access_key_id ?? '',
    secret: settings.api_key ?? '',
  });
  const answer = await io.fetch(url, {
    method: 'POST',
    headers: { ...signed, 'content-type': 'application/json' },
    body,
    signal: io.signal,
  });
  requireSuccess(answer, io);
  return {
    providerRef: requireShape(answer, z.looseObject({ MessageId: z.string().min(1).max(400) })).MessageId,
  };
}

/** Headers that a provider must not make up. */
function threadHeaders(mail: OutgoingMail): Record<string, string> {
  return {
    'Message-ID': `<${mail.messageId}>`,
    ...(mail.inReplyTo !== null && { 'In-Reply-To': `<${mail.inReplyTo}>` }),
    ...(mail.references.length > 0 && { References: mail.references.map((id) => `<${id}>`).join(' ') }),
    ...mail.headers,
  };
}

const person = ({ address, name }: { address: string; name: string }) => ({
  email: address,
  ...(name !== '' && { name }),
});
const written = ({ address, name }: { address: string; name: string }): string =>
  name === '' ? address : `"${name.replace(/["\\]/g, '')}" <${address}>`;
const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

const post = (
  io: MailIo,
  path: string,
  headers: Record<string, string>,
  body: string,
): Promise<EgressResponse> =>
  call(io, path, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body });

function call(io: MailIo, path: string, request: EgressRequest): Promise<EgressResponse> {
  const { settings } = io;
  return io.fetch(`${apiBase(settings as EmailSettings & { send: keyof typeof bases })}${path}`, {
    ...request,
    signal: io.signal,
  });
}

function requireSuccess(answer: EgressResponse, io: MailIo): void {
  if (answer.status >= 200 && answer.status <= 299) return;
  throw refusalOf(answer, io);
}

function refusalOf(answer: EgressResponse, io: MailIo): Fault {
  const said = saidOf(answer);
  return faultOfStatus(answer, {
    name: io.settings.send,
    now: io.now(),
    serverError: 'channel/outcome-unknown',
    ...(said && { said }),
  });
}

const Refusal = z.looseObject({
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
  ErrorCode: z.union([z.string(), z.number()]).transform(String).optional(),
});

/** The provider's own words, wherever it puts them. */
function saidOf(answer: EgressResponse): { code?: string; message?: string } | null {
  const parsed = Refusal.safeParse(jsonOf(answer));
  if (!parsed.success) return null;
  const { errors, message, Message, ErrorCode } = parsed.data;
  const words = errors?.[0]?.message ?? message ?? Message;
  return {
    ...(ErrorCode !== undefined && { code: ErrorCode }),
    ...(words !== undefined && { message: words }),
  };
}

function requireShape<Shape>(answer: EgressResponse, shape: z.ZodType<Shape>): Shape {
  const parsed = shape.safeParse(jsonOf(answer));
  if (parsed.success) return parsed.data;
  throw fault('channel/outcome-unknown', {
    detail: 'The provider answered 2xx with something else than a receipt.',
    facts: { status: answer.status, bytes: answer.body.length },
  });
}

function jsonOf(answer: EgressResponse): unknown {
  try {
    return JSON.parse(answer.text());
  } catch {
    return null;
  }
}
