import { ImapFlow } from 'imapflow';
import { fault, isFault, type Fault } from '#libs/faults';
import type { Io } from '../connector.js';
import { accessToken, addressOfServer, tlsFor } from './mail-server.js';
import type { EmailSettings } from './manifest.js';

/**
 * A session with the mailbox, logged in.
 *
 * @throws Fault `channel/unreachable`, `channel/credentials`
 */
export async function logIn(io: Io<EmailSettings>): Promise<ImapFlow> {
  const { settings } = io;
  const host = settings.imap_host ?? '';
  const [address, token] = [await addressOfServer(host, io), await accessToken(io)];
  const user = settings.imap_user ?? settings.address;
  const client = new ImapFlow({
    host: address,
    port: settings.imap_port,
    secure: settings.imap_security === 'tls',
    ...(settings.imap_security !== 'tls' && { doSTARTTLS: settings.imap_security === 'starttls' }),
    tls: tlsFor(host, settings),
    servername: tlsFor(host, settings).servername,
    auth: token === null ? { user, pass: settings.imap_password ?? '' } : { user, accessToken: token },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: 15_000,
    greetingTimeout: 10_000,
    socketTimeout: 300_000,
    clientInfo: { name: 'Parley' },
  });
  // Without a listener an error event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (thrown) {
    client.close();
    throw imapFault(thrown);
  }
}

/** What went wrong, in our words. */
export function imapFault(thrown: unknown): Fault {
  if (isFault(thrown)) return thrown;
  const error = thrown as {
    authenticationFailed?: boolean;
    responseText?: string;
    response?: string;
    message?: string;
    code?: string;
  };
  const words = (error.responseText ?? error.message ?? 'unknown').slice(0, 500);
  const provider = { name: 'imap', code: (error.code ?? 'imap').slice(0, 64), message: words };
  const isPassing = /\[(?:UNAVAILABLE|INUSE|LIMIT)\]|too many|try again|temporar/i.test(words);
  if (error.authenticationFailed && !isPassing)
    return fault('channel/credentials', { provider, cause: thrown });
  return fault('channel/unreachable', { provider, cause: thrown });
}

/**
 * Logs in, looks at the folder, waits for news for a moment as an open mailbox does, and leaves.
 *
 * @throws Fault `channel/unreachable`, `channel/credentials`
 */
export async function checkImap(io: Io<EmailSettings>): Promise<void> {
  const client = await logIn(io);
  try {
    await client.mailboxOpen(io.settings.imap_folder, { readOnly: true });
    if (!client.capabilities.has('IDLE'))
      throw fault('channel/unreachable', { detail: 'The mail server cannot push new mails (no IDLE).' });
    const idling = client.idle();
    await client.noop(); // ends the waiting; both must be answered
    await idling;
  } catch (thrown) {
    throw imapFault(thrown);
  } finally {
    client.close();
  }
}
