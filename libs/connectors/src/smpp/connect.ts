import { fault, type Fault } from '#libs/faults';
import type { Session } from 'smpp';
import type { Io } from '../connector.js';
import { addressRules, allowedAddress, systemResolve } from '../shared/egress-addresses.js';
import { SmppLink, wordsOf } from './link.js';
import type { SmppSettings } from './manifest.js';
import { smpp, statusName } from './raw-pdus.js';
import { status } from './wire.js';

/** SMPP 3.4. */
const VERSION = 0x34;

/**
 * Connects and binds as transceiver.
 *
 * @throws Fault `channel/unreachable`, `channel/throttled`, `channel/credentials`
 */
export async function connect(io: Io<SmppSettings>): Promise<SmppLink> {
  const { settings } = io;
  const addressOf =
    io.fetch.addressOf ?? ((host: string) => allowedAddress(host, addressRules([]), systemResolve));
  const host = await addressOf(settings.host);
  const session = smpp.connect({
    host,
    port: settings.port,
    ...(settings.tls && { tls: true, servername: settings.host }),
    ...(settings.tls_ca !== undefined && { ca: settings.tls_ca }),
  });
  await connected(session, settings, io.signal);
  const link = new SmppLink(session, settings.response_timeout_seconds * 1_000);
  try {
    await bind(link, settings, io.signal);
  } catch (thrown) {
    link.destroy('The SMSC did not accept us.');
    throw thrown;
  }
  return link;
}

/** @throws Fault `channel/unreachable` */
function connected(
  session: Session,
  { tls, host, port, response_timeout_seconds }: SmppSettings,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      session.removeAllListeners();
      end();
    };
    const fail = (words: string): void =>
      done(() => {
        session.on('error', () => undefined);
        session.destroy();
        reject(fault('channel/unreachable', { detail: `${host}:${port} cannot be reached: ${words}.` }));
      });
    const abort = (): void => fail('given up');
    const timer = setTimeout(() => fail('no answer in time'), response_timeout_seconds * 1_000);
    signal.addEventListener('abort', abort, { once: true });
    session.on('error', (error: Error) => fail(wordsOf(error)));
    session.on('close', () => fail('closed at once'));
    session.on(tls ? 'secureConnect' : 'connect', () => done(resolve));
    if (signal.aborted) abort();
  });
}

async function bind(link: SmppLink, settings: SmppSettings, signal: AbortSignal): Promise<void> {
  const { system_id, password, system_type, address_range } = settings;
  const fields = { system_id, password, system_type, address_range, interface_version: VERSION };
  let answer;
  try {
    answer = await link.request('bind_transceiver', fields, signal);
  } catch (cause) {
    throw fault('channel/unreachable', { detail: 'The SMSC does not answer the bind.', cause });
  }
  if (answer.command_status !== status.ok) throw bindFault(answer.command_status);
}

const PERSON = new Set<number>([status.bindFailed, status.wrongPassword, status.wrongSystemId]);
const WAIT = new Set<number>([status.throttled, status.queueFull]);

function bindFault(code: number): Fault {
  const name = statusName(code);
  const provider = { name: 'smpp', code: name, message: words[code] ?? 'The SMSC refuses the bind.' };
  const detail = `${provider.message} (${name})`;
  if (WAIT.has(code)) return fault('channel/throttled', { detail, provider, retryAfterMs: 5_000 });
  return fault(PERSON.has(code) ? 'channel/credentials' : 'channel/unreachable', { detail, provider });
}

const words: Readonly<Record<number, string>> = {
  [status.bindFailed]:
    'The SMSC refuses us: wrong system_id or password, or calls from this address are not allowed.',
  [status.wrongPassword]: 'The SMSC refuses the password.',
  [status.wrongSystemId]: 'The SMSC does not know the system_id.',
  [status.alreadyBound]:
    'The SMSC says that there is a connection already: close the other one, or wait until it is forgotten.',
  [status.invalidCommand]: 'The SMSC takes no transceivers: ask the carrier to allow them.',
  [status.throttled]: 'The SMSC asks to slow down.',
};
