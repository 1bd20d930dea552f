import { fault, isFault } from '#libs/faults';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP_TOKEN, BOT_TOKEN, FakeSlack } from '../../../../test/support/fake-slack.js';
import { until } from '../../../../test/support/until.js';
import type { Connection, ConnectionIo, ConnectionState } from '../connection.js';
import type { DecodedEvent } from '../connector.js';
import { parseSettings } from '../settings.js';
import { createEgress } from '../shared/egress.js';
import { connector } from './connector.js';
import type { SlackSettings } from './manifest.js';

const egress = createEgress({ allowCidrs: ['127.0.0.0/8'], timeoutMs: 2_000 });
afterAll(() => egress.close());

let slack: FakeSlack;
let open: Connection[] = [];
beforeEach(async () => {
  slack = await FakeSlack.start();
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
  await slack.close();
});

class Stored {
  readonly events: DecodedEvent[] = [];
  readonly shown: ConnectionState[] = [];
  isDown = false;
  refused = 0;
  /** Acknowledgements that had come when each event was stored. */
  readonly acksBefore: number[] = [];

  io(more: Partial<SlackSettings> = {}, signal = new AbortController().signal): ConnectionIo<SlackSettings> {
    const raw = { mode: 'socket', bot_token: BOT_TOKEN, app_token: APP_TOKEN, api_url: `${slack.url}/api` };
    return {
      settings: parseSettings(connector, { ...raw, ...more }),
      fetch: egress.fetch,
      signal,
      now: () => Date.now(),
      linkTo: (url) => Promise.resolve(url),
      readMedia: () => Promise.resolve({ bytes: new Uint8Array() }),
      channelId: 'chan_1',
      accept: async (events) => {
        await Promise.resolve();
        if (this.isDown) {
          this.refused += 1;
          throw fault('store/unavailable');
        }
        this.acksBefore.push(slack.acks.length);
        this.events.push(...events);
      },
      show: (state) => void this.shown.push(state),
      recall: () => Promise.resolve(null),
      remember: () => Promise.resolve(),
      folder: () => Promise.resolve('/nowhere'),
    };
  }
}

async function connect(io: ConnectionIo<SlackSettings>): Promise<Connection> {
  const connection = await connector.connection!.open(io);
  open.push(connection);
  return connection;
}
const says = (text: string, envelope_id: string) => ({
  type: 'events_api',
  envelope_id,
  accepts_response_payload: false,
  payload: {
    type: 'event_callback',
    team_id: 'T0TEAM',
    event: { type: 'message', channel: 'D1', user: 'U0ANN', ts: '1795240799.000200', text },
  },
});
const keysOf = ({ events }: Stored): string[] => events.map(({ event }) => event.event_key);

describe('Socket Mode', () => {
  it('is used by channels that ask for it, and carries no sends', () => {
    const { settings } = new Stored().io();
    expect(connector.connection!.isUsed(settings)).toBe(true);
    expect(connector.connection!.isUsed({ ...settings, mode: 'http' })).toBe(false);
    expect(connector.connection!.carriesSends(settings)).toBe(false);
  });

  it('stores what comes, and only then acknowledges it', async () => {
    const stored = new Stored();
    await connect(stored.io());
    expect(stored.shown.map(({ state }) => state)).toEqual(['connecting', 'open']);
    slack.push(says('hi', 'e-1'));
    await until('acknowledged', () => slack.acks.length === 1);
    expect(keysOf(stored)).toEqual(['m:D1:1795240799.000200']);
    expect(stored.acksBefore).toEqual([0]);
    expect(slack.acks).toEqual([{ envelope_id: 'e-1', payload: {} }]);
  });

  it('acknowledges nothing that was not stored, and takes it when Slack sends it again', async () => {
    const stored = new Stored();
    await connect(stored.io());
    stored.isDown = true;
    slack.push(says('hi', 'e-1'));
    await until('refused', () => stored.refused === 1);
    stored.isDown = false;
    slack.push({ ...says('hi', 'e-2'), retry_attempt: 1, retry_reason: 'timeout' });
    await until('acknowledged', () => slack.acks.length === 1);
    expect(slack.acks).toEqual([{ envelope_id: 'e-2', payload: {} }]);
    expect(keysOf(stored)).toEqual(['m:D1:1795240799.000200']);
  });

  it('answers commands with their acknowledgement, and takes what people press', async () => {
    const stored = new Stored();
    await connect(stored.io());
    const command = { command: '/ask', text: 'x', channel_id: 'C1', user_id: 'U0ANN', trigger_id: '1.2' };
    slack.push({
      type: 'slash_commands',
      envelope_id: 'c-1',
      accepts_response_payload: true,
      payload: command,
    });
    const press = {
      type: 'block_actions',
      user: { id: 'U0ANN' },
      channel: { id: 'D1' },
      actions: [{ type: 'button', action_id: 'o:1', action_ts: '1.5', value: 'yes', text: { text: 'Yes' } }],
    };
    slack.push({ type: 'interactive', envelope_id: 'i-1', accepts_response_payload: true, payload: press });
    await until('acknowledged', () => slack.acks.length === 2);
    expect(slack.acks).toContainEqual({ envelope_id: 'c-1', payload: { response_type: 'in_channel' } });
    expect(stored.events).toMatchObject([
      { event: { kind: 'message' } },
      { event: { kind: 'choice', option_id: 'yes' } },
    ]);
  });

  it('keeps what it does not understand', async () => {
    const stored = new Stored();
    await connect(stored.io());
    slack.push({ type: 'news', envelope_id: 'x-1', payload: {} });
    slack.push({ type: 'slash_commands', envelope_id: 'x-2', payload: { command: 1 } });
    await until('acknowledged', () => slack.acks.length === 2);
    expect(stored.events.map(({ event }) => event.kind)).toEqual(['ignored', 'ignored']);
  });

  it('renews the connection when Slack says so, at once', async () => {
    const stored = new Stored();
    const connection = await connect(stored.io());
    slack.push({ type: 'disconnect', reason: 'refresh_requested' });
    await until('a second socket', () => slack.sockets.length === 2, 3_000);
    await until('stored over the new one', () => {
      slack.push(says('hi', 'e-1'));
      return stored.events.length > 0;
    });
    expect(await Promise.race([connection.ended, Promise.resolve('open')])).toBe('open');
  });

  it('ends, with the reason, when Slack is gone or Socket Mode is switched off', async () => {
    const first = await connect(new Stored().io());
    slack.sockets[0]!.terminate();
    expect(await first.ended).toBe('The connection to Slack was lost.');
    const second = await connect(new Stored().io());
    slack.push({ type: 'disconnect', reason: 'link_disabled' });
    expect(await second.ended).toBe('Slack ended the connection: link_disabled.');
  });

  it('closes when it must, and says nothing more', async () => {
    const stored = new Stored();
    const abort = new AbortController();
    const connection = await connect(stored.io({}, abort.signal));
    abort.abort();
    expect(await connection.ended).toBe('closed');
    await connection.close();
    await until('closed at Slack', () => slack.sockets[0]!.readyState === 3);
  });

  it.each([
    [{ status: 200, body: { ok: false, error: 'invalid_auth' } }, 'channel/credentials'],
    [{ status: 429, headers: { 'retry-after': '9' } }, 'channel/throttled'],
    [{ status: 200, body: { ok: true, url: 'ws://169.254.169.254/latest' } }, 'channel/unreachable'],
    [{ status: 200, body: { ok: true, url: 'wss://slack.com.evil.example/link' } }, 'channel/unreachable'],
    [{ status: 503 }, 'channel/unreachable'],
  ] as const)('does not open when Slack answers %j', async (mishap, code) => {
    slack.mishap('apps.connections.open', mishap);
    const thrown: unknown = await connector
      .connection!.open(new Stored().io())
      .catch((reason: unknown) => reason);
    expect(isFault(thrown) ? thrown.code : thrown).toBe(code);
    expect(slack.callsOf('apps.connections.open')).toHaveLength(1);
  });
});
