import MailComposer from 'nodemailer/lib/mail-composer';
import type { SendMailOptions } from 'nodemailer';
import type { OutgoingMail } from './outgoing.js';

/** The mail as nodemailer takes it. Files and addresses on disk or elsewhere are never read for it. */
export function nodemailerOf(mail: OutgoingMail, now: number): SendMailOptions {
  return {
    from: mail.from,
    to: mail.to,
    ...(mail.replyTo !== null && { replyTo: mail.replyTo }),
    subject: mail.subject,
    messageId: `<${mail.messageId}>`,
    ...(mail.inReplyTo !== null && { inReplyTo: `<${mail.inReplyTo}>` }),
    ...(mail.references.length > 0 && { references: mail.references.map((id) => `<${id}>`).join(' ') }),
    date: new Date(now),
    headers: mail.headers,
    text: mail.text,
    html: mail.html,
    attachments: mail.files.map(({ fileName, mimeType, bytes, contentId }) => ({
      filename: fileName,
      contentType: mimeType,
      content: Buffer.from(bytes),
      ...(contentId !== null && { cid: contentId, contentDisposition: 'inline' as const }),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The mail as bytes, for providers that take it so. */
export async function rawOf(mail: OutgoingMail, now: number): Promise<Buffer> {
  const node = new MailComposer(nodemailerOf(mail, now)).compile();
  return node.build();
}
