import { createHash } from 'node:crypto';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Io } from '../connector.js';
import { accessToken, addressOfServer, tlsFor } from './mail-server.js';
import type { EmailSettings } from './manifest.js';

const CONNECT_MS = 10_000;
/** Servers wait five minutes for the next mail; nobody else needs ours for so long. @see RFC 5321 §4.5.3.2.7 (read 2026-11-21) */
const REST_MS = 20_000;
/** Mails of one session; some servers take no more than a hundred. */
const SESSION_MAILS = 90;
/** Resting sessions of one channel. */
const RESTING_MAX = 4;

/** How far a session has come with its mail. */
export interface Progress {
  /** The server let the mail's bytes come: from here on it may have it. */
  hasBegun: boolean;
}

/** A session with a mail server: for one mail at a time. */
export interface SmtpSession {
  readonly progress: Progress;
  send(mail: SendMailOptions): Promise<void>;
  close(): void;
}

/** Sessions that rest between two mails, by what they were opened with. */
const resting = new Map<string, RestingSession[]>();
interface RestingSession {
  session: SmtpSession;
  timer: NodeJS.Timeout;
  mails: number;
}

/**
 * Uses a session for one mail: one that rests, else a new one. After a failure it is closed, else it rests for 20 seconds.
 *
 * @throws Fault `channel/unreachable`, `channel/credentials`; whatever `work` throws
 */
export async function withSession(
  io: Io<EmailSettings>,
  work: (session: SmtpSession) => Promise<void>,
): Promise<void> {
  const key = keyOf(io.settings);
  const rested = wake(key);
  const session = rested?.session ?? (await openSession(io));
  try {
    session.progress.hasBegun = false;
    await work(session);
  } catch (thrown) {
    session.close();
    throw thrown;
  }
  rest(key, session, (rested?.mails ?? 0) + 1);
}

/** What a session depends on: another password or another key opens another one. */
function keyOf(settings: EmailSettings): string {
  const basis = Object.entries(settings)
    .filter(([name]) => /^(?:smtp|tls|dkim|oauth)_|^address$/.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(basis)).digest('base64url');
}

function wake(key: string): RestingSession | undefined {
  const rested = resting.get(key)?.pop();
  if (rested) clearTimeout(rested.timer);
  return rested;
}

function rest(key: string, session: SmtpSession, mails: number): void {
  const others = resting.get(key) ?? [];
  if (mails >= SESSION_MAILS || others.length >= RESTING_MAX) return session.close();
  const timer = setTimeout(() => {
    const left = (resting.get(key) ?? []).filter((one) => one.session !== session);
    if (left.length > 0) resting.set(key, left);
    else resting.delete(key);
    session.close();
  }, REST_MS);
  timer.unref();
  resting.set(key, [...others, { session, timer, mails }]);
}

async function openSession(io: Io<EmailSettings>): Promise<SmtpSession> {
  const progress: Progress = { hasBegun: false };
  // Never more than one session, and no mail is ever offered twice: trying again is the queue's alone.
  const pool = { pool: true, maxConnections: 1, maxMessages: Infinity, maxRequeues: 0 } as const;
  const transport = createTransport({
    ...pool,
    idleTimeout: REST_MS * 2,
    ...(await optionsFor(io, progress)),
  });
  transport.on('error', () => undefined); // a server that ends a resting session: the next mail opens another
  return {
    progress,
    send: async (mail) => void (await transport.sendMail(mail)),
    close: () => transport.close(),
  };
}

/**
 * Whether the log-in works.
 *
 * @throws Fault `channel/unreachable`, `channel/credentials`; errors of nodemailer
 */
export async function verifySmtp(io: Io<EmailSettings>): Promise<void> {
  const transport = createTransport(await optionsFor(io, { hasBegun: false }));
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

async function optionsFor(io: Io<EmailSettings>, progress: Progress) {
  const { settings } = io;
  const host = settings.smtp_host ?? '';
  const address = await addressOfServer(host, io);
  const auth = await logInFor(io);
  return {
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
  };
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

/**
 * nodemailer tells only its log how far it is: of that, two words are heard, and nothing is kept. DATA alone begins nothing, for
 * it may be said together with what comes before it; a mail's bytes follow the server's leave.
 */
function listenTo(progress: Progress) {
  const silent = (): void => undefined;
  let isData = false;
  const debug = (entry: unknown, ...words: unknown[]): void => {
    const who = typeof entry === 'object' && entry !== null && 'tnx' in entry ? entry.tnx : null;
    const said = String(words[0]).trim();
    if (who === 'client') isData = said === 'DATA';
    if (who === 'server' && isData && /^[23]/.test(said)) progress.hasBegun = true;
  };
  return { level: silent, trace: silent, debug, info: silent, warn: silent, error: silent, fatal: silent };
}
