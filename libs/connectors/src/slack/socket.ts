import type { SocketModeReceiver } from '@slack/bolt';
import { fault, isFault, type Fault } from '#libs/faults';
import { z } from 'zod';
import type { Connection, ConnectionIo } from '../connection.js';
import { decodeReceived, ignored, type Received } from './decode.js';
import type { SlackSettings } from './manifest.js';
import { silentLogger } from './silent-logger.js';
import { socketFetch } from './socket-fetch.js';

/** Slack greets at once; a socket that does not is none. */
const GREETING_MS = 20_000;
/** A closing handshake that lasts longer is cut. */
const CLOSING_MS = 3_000;

type Client = SocketModeReceiver['client'];

/** What the client tells of an envelope. */
interface Envelope {
  ack: (response?: object) => Promise<void>;
  type: string;
  body: unknown;
}

/**
 * Opens a channel's Socket Mode connection, with Bolt's receiver. Slack renews connections every few hours and announces it:
 * that is done here; every other end is the caller's to repair.
 *
 * The client's own repair is switched off: it dies of a rejection that nobody can catch, and waits five seconds first.
 *
 * @throws Fault `channel/credentials`, `channel/throttled`, `channel/unreachable`
 */
export async function openSocket(io: ConnectionIo<SlackSettings>): Promise<Connection> {
  const socket = new Socket(io);
  io.show({ state: 'connecting', reason: 'Asks Slack for a connection.' });
  await socket.connect();
  io.show({ state: 'open', reason: 'Connected to Slack by Socket Mode.' });
  return { ended: socket.ended, close: () => socket.close() };
}

class Socket {
  readonly ended: Promise<string>;
  #end: (reason: string) => void = () => undefined;
  #client: Client | null = null;
  #isClosing = false;

  constructor(private readonly io: ConnectionIo<SlackSettings>) {
    this.ended = new Promise((resolve) => (this.#end = resolve));
    io.signal.addEventListener('abort', () => void this.close(), { once: true });
  }

  /** @throws Fault as {@link openSocket} */
  async connect(): Promise<void> {
    const { api_url, app_token } = this.io.settings;
    if (app_token === undefined)
      throw fault('channel/credentials', { detail: 'Socket Mode needs an app_token.' });
    let failure: Fault | null = null;
    // Bolt is large: only a worker that holds such a connection loads it.
    const { LogLevel, SocketModeReceiver } = await import('@slack/bolt');
    const { client } = new SocketModeReceiver({
      appToken: app_token,
      logger: silentLogger(LogLevel.ERROR),
      autoReconnectEnabled: false,
      installerOptions: {
        clientOptions: {
          slackApiUrl: `${api_url.replace(/\/+$/, '')}/`,
          retryConfig: { retries: 0 },
          rejectRateLimitedCalls: true,
          fetch: socketFetch(this.io, (thrown) => (failure = thrown)),
        },
      },
    });
    this.#listen(client);
    try {
      await greeted(client, this.io.signal);
    } catch (cause) {
      await cut(client);
      throw opening(failure ?? cause);
    }
    this.#client = client;
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#client) await cut(this.#client);
    this.#end('closed');
  }

  #listen(client: Client): void {
    let farewell = '';
    client.on('ws_message', (data: unknown) => {
      farewell = farewellIn(data) ?? farewell;
    });
    client.on('slack_event', (envelope: Envelope) => void this.#take(envelope));
    client.on('disconnected', () => {
      if (client === this.#client && !this.#isClosing) void this.#renew(farewell);
    });
  }

  async #renew(farewell: string): Promise<void> {
    if (farewell !== 'refresh_requested' && farewell !== 'warning')
      return this.#end(
        farewell === '' ? 'The connection to Slack was lost.' : `Slack ended the connection: ${farewell}.`,
      );
    try {
      await this.connect();
      if (this.#isClosing && this.#client) await cut(this.#client);
    } catch (thrown) {
      this.#end(
        `Slack renews connections, and the new one failed: ${isFault(thrown) ? thrown.detail : 'unknown'}`,
      );
    }
  }

  /** Acknowledged only when it is stored: what is not, Slack sends again. */
  async #take({ ack, type, body }: Envelope): Promise<void> {
    const raw = Buffer.from(JSON.stringify(body ?? null));
    const { events, reply } = decoded(
      { kind: type as Received['kind'], payload: body },
      this.io.settings,
      raw,
    );
    try {
      await this.io.accept(events);
      await ack(reply.body === undefined ? undefined : (JSON.parse(reply.body) as object));
    } catch {
      // Not stored, or no longer connected: either way Slack sends it again, and its key tells.
    }
  }
}

function decoded(
  received: Received,
  settings: SlackSettings,
  raw: Uint8Array,
): ReturnType<typeof decodeReceived> {
  const isKnown = ['events_api', 'slash_commands', 'interactive'].includes(received.kind);
  try {
    if (isKnown) return decodeReceived(received, settings, raw);
  } catch (thrown) {
    if (!isFault(thrown, 'input/invalid')) throw thrown;
  }
  return { events: [ignored(`an envelope of type ${received.kind}`, raw, 0)], reply: { status: 200 } };
}

const Farewell = z.looseObject({ type: z.literal('disconnect'), reason: z.string().max(100) });

function farewellIn(data: unknown): string | null {
  if (typeof data !== 'string' || !data.includes('"disconnect"')) return null;
  try {
    return Farewell.parse(JSON.parse(data)).reason;
  } catch {
    return null;
  }
}

/** Resolves when Slack has greeted. */
async function greeted(client: Client, signal: AbortSignal): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), GREETING_MS);
  try {
    const gaveUp = new Promise<never>((_, reject) => {
      const giveUp = (): void =>
        reject(fault('channel/unreachable', { detail: 'Slack did not greet in time.' }));
      for (const one of [late.signal, signal]) one.addEventListener('abort', giveUp, { once: true });
    });
    await Promise.race([client.start(), gaveUp]);
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a connection, politely for a while. Never throws. */
async function cut(client: Client): Promise<void> {
  const timer = setTimeout(() => client.websocket?.disconnect(), CLOSING_MS); // a second time forces it
  try {
    await client.disconnect();
  } catch {
    // It was not connected.
  } finally {
    clearTimeout(timer);
  }
}

/** Nothing can be half open: whatever is neither refused nor too early was not reached. */
function opening(cause: unknown): Fault {
  if (!isFault(cause)) return fault('channel/unreachable', { detail: 'Slack opened no connection.', cause });
  const { code, detail, facts, provider } = cause;
  if (code === 'channel/credentials' || code === 'channel/throttled') return cause;
  return fault('channel/unreachable', { detail, facts, provider, cause });
}
