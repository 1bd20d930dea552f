import { toFault } from '#libs/faults';
import type { Check, Io } from '../connector.js';
import { faultOfStatus } from '../shared/fault-of-status.js';
import { apiBase } from './deliver-api.js';
import { smtpFault } from './deliver-smtp.js';
import { missingRecords, systemLookup } from './dns-records.js';
import { checkImap } from './imap-login.js';
import type { EmailSettings } from './manifest.js';
import { verifySmtp } from './smtp-sessions.js';

/** Whether log-ins work in both directions, and whether the domain says who may send for it. Sends nothing to anyone. */
export async function check(io: Io<EmailSettings>): Promise<Check> {
  const wrong: Record<string, string> = {};
  const { settings } = io;
  await settled(checkSending(io), settings.send === 'smtp' ? 'smtp_host' : 'api_key', wrong);
  if (settings.receive === 'imap') await settled(checkImap(io), 'imap_host', wrong);
  if (Object.keys(wrong).length > 0)
    return { state: 'down', reason: Object.values(wrong).join(' '), fields: wrong };
  const missing = settings.check_dns ? await missingRecords(settings, systemLookup()) : [];
  if (missing.length > 0)
    return { state: 'degraded', reason: `${missing.join(' ')} Mails may land in spam, or not come back.` };
  return { state: 'healthy', reason: 'Sending and receiving are set up, and the log-ins work.' };
}

async function settled(attempt: Promise<void>, field: string, wrong: Record<string, string>): Promise<void> {
  await attempt.catch((thrown: unknown) => void (wrong[field] = toFault(thrown).detail));
}

async function checkSending(io: Io<EmailSettings>): Promise<void> {
  if (io.settings.send === 'smtp') {
    return verifySmtp(io).catch((thrown: unknown) => {
      throw smtpFault(thrown, { hasBegun: false });
    });
  }
  const { path, headers } = questions[io.settings.send](io.settings);
  const answer = await io.fetch(`${apiBase({ ...io.settings, send: io.settings.send })}${path}`, {
    headers,
    signal: io.signal,
  });
  if (answer.status < 200 || answer.status > 299)
    throw faultOfStatus(answer, {
      name: io.settings.send,
      now: io.now(),
      serverError: 'channel/unreachable',
    });
}

/** Calls that only read. SES has none without a signature of its own: there the address must answer. */
const questions = {
  sendgrid: ({ api_key }: EmailSettings) => ({
    path: '/v3/scopes',
    headers: { authorization: `Bearer ${api_key}` },
  }),
  mailgun: ({ api_key, mailgun_domain, address }: EmailSettings) => ({
    path: `/v3/domains/${encodeURIComponent(mailgun_domain ?? address.slice(address.lastIndexOf('@') + 1))}`,
    headers: { authorization: `Basic ${Buffer.from(`api:${api_key}`).toString('base64')}` },
  }),
  postmark: ({ api_key }: EmailSettings) => ({
    path: '/server',
    headers: { 'x-postmark-server-token': api_key ?? '', accept: 'application/json' },
  }),
  ses: (_: EmailSettings) => ({ path: '/', headers: {} }),
} as const;
