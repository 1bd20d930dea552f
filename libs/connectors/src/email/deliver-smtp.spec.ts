import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import type { Destination, Io } from '../connector.js';
import { parseSettings } from '../settings.js';
import { connector } from './connector.js';
import type { EmailSettings } from './manifest.js';

let server: SMTPServer | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** A mail server of this test, and what it saw. */
async function serve(options: SMTPServerOptions = {}) {
  const seen = { sessions: new Set<string>(), mails: 0, tokens: [] as string[] };
  server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onMailFrom: (_address, { id }, done) => (seen.sessions.add(id), done()),
    onData(stream, _session, done) {
      stream.on('data', () => undefined);
      stream.on('end', () => (seen.mails++, done()));
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { seen, port };
}

/** Cuts every line to the server, as a network does. */
function cut(): void {
  const { connections } = server as unknown as { connections: Set<{ _socket: Socket }> };
  for (const { _socket } of connections) _socket.destroy();
}

const to: Destination = {
  thread: 't:AAAAAAAAAAAAAAAAAAAAAA',
  address: { kind: 'email', value: 'ann@shop.example' },
  conversationId: 'conv_1',
  lastInboundAt: null,
  lastInboundRef: null,
};

function send(
  port: number,
  key: string,
  more: Partial<EmailSettings> = {},
  signal = AbortSignal.timeout(5_000),
) {
  const settings = parseSettings(connector, {
    address: 'support@acme.example',
    token_secret: 'token-secret-0123456789',
    hook_secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    smtp_host: 'mail.example',
    smtp_port: port,
    smtp_security: 'none',
    ...more,
  });
  const fetch = Object.assign(
    () =>
      Promise.resolve({
        status: 200,
        headers: {},
        body: Buffer.alloc(0),
        text: () => '{"access_token":"tok"}',
      }),
    { addressOf: () => Promise.resolve('127.0.0.1') },
  );
  const io = { settings, fetch, signal, now: Date.now } as unknown as Io<EmailSettings>;
  const [part] = connector.outbound.plan([{ type: 'text', text: 'Hello' }], settings).parts;
  return connector.outbound.deliver(part!, to, key, io);
}

describe('mails that go out by SMTP', () => {
  it('share a session, one after the other', async () => {
    const { port, seen } = await serve();
    for (const key of ['dlv_1', 'dlv_2', 'dlv_3']) await send(port, key);
    expect([seen.mails, seen.sessions.size]).toEqual([3, 1]);
  });

  it('have sessions of their own while they go out at the same time', async () => {
    const { port, seen } = await serve();
    await Promise.all(['dlv_1', 'dlv_2', 'dlv_3'].map((key) => send(port, key)));
    expect([seen.mails, seen.sessions.size]).toEqual([3, 3]);
  });

  it('never share a session with another password', async () => {
    const { port, seen } = await serve({ onAuth: (_auth, _session, done) => done(null, { user: 'u' }) });
    await send(port, 'dlv_1', { smtp_user: 'u', smtp_password: 'one' });
    await send(port, 'dlv_2', { smtp_user: 'u', smtp_password: 'two' });
    expect(seen.sessions.size).toBe(2);
  });

  it('were certainly not taken when the server has ended the resting session', async () => {
    const { port, seen } = await serve();
    await send(port, 'dlv_1');
    cut();
    const second = await send(port, 'dlv_2').catch((thrown: { code: string }) => thrown.code);
    if (second === 'channel/unreachable') await send(port, 'dlv_2');
    else expect(second).toMatchObject({ providerRef: expect.stringContaining('dlv_2') });
    expect(seen.mails).toBe(2);
  });

  it('are unclear when the server ends while it takes them, and only then', async () => {
    const { port } = await serve({
      onData(stream) {
        stream.on('data', () => undefined);
        stream.on('end', cut);
      },
    });
    await expect(send(port, 'dlv_1')).rejects.toMatchObject({ code: 'channel/outcome-unknown' });
    await new Promise<void>((resolve) => server!.close(() => resolve()));
    server = undefined;
    await expect(send(port, 'dlv_2')).rejects.toMatchObject({ code: 'channel/unreachable' });
  });

  it('log in with a fresh token where the channel has OAuth', async () => {
    const { port, seen } = await serve({
      authMethods: ['XOAUTH2'],
      onAuth: ({ accessToken }, _session, done) => {
        seen.tokens.push(accessToken ?? '');
        done(null, { user: 'u' });
      },
    });
    await send(port, 'dlv_1', { oauth_refresh_token: 'r', oauth_token_url: 'https://id.example/token' });
    expect(seen.tokens).toEqual(['tok']);
  });
});
