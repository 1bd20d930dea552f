import { createTransport } from 'nodemailer';
import { fault, isFault, type Fault } from '#libs/faults';
import type { Io, Receipt } from '../connector.js';
import { accessToken, addressOfServer, tlsFor } from './mail-server.js';
import type { EmailSettings } from './manifest.js';
import type { OutgoingMail } from './outgoing.js';
import { nodemailerOf } from './raw-mail.js';

const CONNECT_MS = 10_000;

/** How far a session has come. */
interface Progress {
  /** DATA was said: from here on the server may have the mail. */
  hasBegun: boolean;
}

/**
 * One mail over one SMTP session.
 *
 * @throws Fault `channel/outcome-unknown` only when the mail's bytes were on their way and no answer came
 */
export async function sendBySmtp(mail: OutgoingMail, io: Io<EmailSettings>): Promise<Receipt> {
  const progress: Progress = { hasBegun: false };
  const transport = await transportFor(io, progress);
  try {
    const envelope = { from: mail.from.address, to: [mail.to.address] };
    const sending = transport.sendMail({ ...nodemailerOf(mail, io.now()), envelope });
    sending.catch(() => undefined); // when the caller gives up first, nobody else listens
    await Promise.race([sending, givenUp(io.signal, progress)]);
    return { providerRef: mail.messageId };
  } catch (thrown) {
    throw smtpFault(thrown, progress);
  } finally {
    transport.close();
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

/**
 * A session that is ready for one mail, or for asking whether the log-in works.
 *
 * @throws Fault `channel/unreachable`, `channel/credentials`
 */
export async function transportFor(io: Io<EmailSettings>, progress: Progress = { hasBegun: false }) {
  const { settings } = io;
  const host = settings.smtp_host ?? '';
  const address = await addressOfServer(host, io);
  const auth = await logInFor(io);
  return createTransport({
    host: address,
    port: settings.smtp_port,
    secure: settings.smtp_security === 'tls',
    requireTLS: settings.smtp_security === 'starttls',
    ignoreTLS: settings.smtp_security === 'none',
    tls: tlsFor(host, settings),
    name: settings.address.slice(settings.address.lastIndexOf('@') + 1),
    ...(auth && { auth }),
    ...dkimFor(settings),
    debug: true,
    logger: listenTo(progress),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

async function logInFor(io: Io<EmailSettings>) {
  const { smtp_user, smtp_password, address } = io.settings;
  const token = await accessToken(io);
  if (token !== null) return { type: 'OAuth2' as const, user: smtp_user ?? address, accessToken: token };
  return smtp_user === undefined ? null : { user: smtp_user, pass: smtp_password ?? '' };
}

function dkimFor({ dkim_key, dkim_domain, dkim_selector }: EmailSettings) {
  if (!dkim_key) return {};
  return { dkim: { domainName: dkim_domain ?? '', keySelector: dkim_selector ?? '', privateKey: dkim_key } };
}

/** nodemailer tells only its log how far it is: of that one word is heard, and nothing is kept. */
function listenTo(progress: Progress) {
  const silent = (): void => undefined;
  const debug = (entry: unknown, ...words: unknown[]): void => {
    const isOurs = typeof entry === 'object' && entry !== null && 'tnx' in entry && entry.tnx === 'client';
    if (isOurs && String(words[0]).trim() === 'DATA') progress.hasBegun = true;
  };
  return { level: silent, trace: silent, debug, info: silent, warn: silent, error: silent, fatal: silent };
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
