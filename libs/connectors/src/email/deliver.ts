import type { Destination, Io, Part, Receipt } from '../connector.js';
import { sendByMailgun, sendByPostmark, sendBySendGrid, sendBySes } from './deliver-api.js';
import { sendBySmtp } from './deliver-smtp.js';
import type { EmailSettings } from './manifest.js';
import { writeMail, type OutgoingMail } from './outgoing.js';

const ways: Record<
  EmailSettings['send'],
  (mail: OutgoingMail, key: string, io: Io<EmailSettings>) => Promise<Receipt>
> = {
  smtp: (mail, _key, io) => sendBySmtp(mail, io),
  sendgrid: sendBySendGrid,
  mailgun: sendByMailgun,
  postmark: sendByPostmark,
  ses: (mail, _key, io) => sendBySes(mail, io),
};

/** One mail, in one call. The reference is our own Message-ID, but for SES, which gives mails ids of its own. */
export async function deliver(
  part: Part,
  to: Destination,
  key: string,
  io: Io<EmailSettings>,
): Promise<Receipt> {
  return sendMail(await writeMail(part, to, key, io), key, io);
}

/** Sends a mail as it is, in the channel's way. */
export function sendMail(mail: OutgoingMail, key: string, io: Io<EmailSettings>): Promise<Receipt> {
  return ways[io.settings.send](mail, key, io);
}
