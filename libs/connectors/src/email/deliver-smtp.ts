import { fault, isFault, type Fault } from '#libs/faults';
import type { Io, Receipt } from '../connector.js';
import type { EmailSettings } from './manifest.js';
import type { OutgoingMail } from './outgoing.js';
import { nodemailerOf } from './raw-mail.js';
import { withSession, type Progress } from './smtp-sessions.js';

/**
 * One mail over an SMTP session, which may have carried others before.
 *
 * @throws Fault `channel/outcome-unknown` only when the mail's bytes were on their way and no answer came
 */
export async function sendBySmtp(mail: OutgoingMail, io: Io<EmailSettings>): Promise<Receipt> {
  let progress: Progress = { hasBegun: false };
  const envelope = { from: mail.from.address, to: [mail.to.address] };
  try {
    await withSession(io, async (session) => {
      progress = session.progress;
      const sending = session.send({ ...nodemailerOf(mail, io.now()), envelope });
      sending.catch(() => undefined); // when the caller gives up first, nobody else listens
      await Promise.race([sending, givenUp(io.signal, progress)]);
    });
    return { providerRef: mail.messageId };
  } catch (thrown) {
    throw smtpFault(thrown, progress);
  }
}

function givenUp(signal: AbortSignal, progress: Progress): Promise<never> {
  return new Promise((_, reject) => {
    const give = (): void => {
      const code = progress.hasBegun ? 'channel/outcome-unknown' : 'channel/unreachable';
      reject(fault(code, { detail: 'The mail server gave no answer in time.' }));
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

/** What is looked at in nodemailer's errors. */
interface SmtpError {
  code?: string;
  responseCode?: number;
  response?: string;
  message: string;
}

/** Only from DATA on can a mail have been taken; before that, whatever happens, nothing was. */
export function smtpFault(thrown: unknown, { hasBegun }: Progress): Fault {
  if (isFault(thrown)) return thrown;
  const { code = '', responseCode, response, message } = thrown as SmtpError;
  const said = (response ?? message).slice(0, 500);
  const enhanced = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(said)?.[1];
  const provider = {
    name: 'smtp',
    code: enhanced ?? String(responseCode ?? code).slice(0, 64),
    message: said,
  };
  const options = { provider, cause: thrown };
  const isLogIn =
    ['EAUTH', 'EOAUTH2', 'ENOAUTH'].includes(code) || responseCode === 530 || responseCode === 535;
  if (isLogIn && (responseCode ?? 535) >= 500) return fault('channel/credentials', options);
  if (responseCode !== undefined)
    return fault(responseCode >= 500 ? 'channel/rejected' : 'channel/unreachable', options);
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return fault('channel/rejected', options);
  return fault(hasBegun ? 'channel/outcome-unknown' : 'channel/unreachable', options);
}
