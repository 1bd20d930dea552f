import { existsSync } from 'node:fs';
import path from 'node:path';
import { createConnection } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection, ConnectionIo } from '../connection.js';
import type { DecodedEvent } from '../connector.js';
import { parseSettings } from '../settings.js';
import { connector } from './connector.js';
import type { EmailSettings } from './manifest.js';
import { openListener } from './smtp-listener.js';

const compiled = path.resolve(
  import.meta.dirname,
  '../../../../dist/libs/connectors/src/email/mail-thread.js',
);
const open: Connection[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
});

async function listen(address: string, listen_port = 0) {
  const stored: DecodedEvent[] = [];
  const kept = { stored, isAway: false, port: listen_port };
  const settings = parseSettings(connector, {
    address,
    receive: 'smtp',
    listen_port,
    token_secret: 'token-secret-0123456789',
    hook_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    smtp_host: 'mx.example',
  });
  const io = {
    settings,
    signal: new AbortController().signal,
    now: () => Date.now(),
    accept: (events: readonly DecodedEvent[]) => {
      if (kept.isAway) return Promise.reject(new Error('away'));
      stored.push(...events);
      return Promise.resolve();
    },
    show: ({ reason }: { reason: string }) => void (kept.port = Number(/port (\d+)/.exec(reason)?.[1])),
  } as unknown as ConnectionIo<EmailSettings>;
  open.push(await openListener(io));
  return kept;
}

async function send(port: number, to: string | string[], text = 'hello'): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
  try {
    return (await transport.sendMail({ from: 'ann@shop.example', to, subject: 'x', text })).response;
  } finally {
    transport.close();
  }
}

describe.runIf(existsSync(compiled))('the SMTP listener', () => {
  it('takes mails for its addresses, with and without plus, and no others', async () => {
    const kept = await listen('support@acme.example');
    expect(await send(kept.port, 'support+order-1@acme.example')).toMatch(/^250/);
    expect(kept.stored).toMatchObject([{ event: { kind: 'message', content: [{ text: 'hello' }] } }]);
    await expect(send(kept.port, 'ceo@acme.example')).rejects.toMatchObject({ responseCode: 550 });
  });

  it('says 250 only for what is stored', async () => {
    const kept = await listen('support@acme.example');
    kept.isAway = true;
    await expect(send(kept.port, 'support@acme.example')).rejects.toMatchObject({ responseCode: 451 });
    expect(kept.stored).toEqual([]);
  });

  it('is shared by channels on the same port, each with its own mails', async () => {
    const one = await listen('one@acme.example');
    const two = await listen('two@acme.example', one.port);
    await send(two.port, ['two@acme.example'], 'for two');
    await send(one.port, ['one@acme.example', 'two@acme.example'], 'for both');
    const texts = (stored: readonly DecodedEvent[]) =>
      stored
        .map(({ event }) => (event.kind === 'message' ? event.content[0] : event))
        .map((piece) => (piece && 'text' in piece ? piece.text : ''));
    expect(texts(one.stored)).toEqual(['for both']);
    expect(texts(two.stored)).toEqual(['for two', 'for both']);
  });

  it('gives no mail of one channel to another that names the same address', async () => {
    const one = await listen('one@acme.example');
    await expect(listen('ONE@acme.example', one.port)).rejects.toMatchObject({ code: 'channel/unreachable' });
  });

  it('does not take one mail for two because of bare line feeds', async () => {
    const kept = await listen('support@acme.example');
    const socket = createConnection(kept.port, '127.0.0.1');
    const lines = ['EHLO x', 'MAIL FROM:<a@b.example>', 'RCPT TO:<support@acme.example>', 'DATA'];
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString();
      const next = lines.shift();
      if (next !== undefined) socket.write(`${next}\r\n`);
      else if (heard.includes('354') && !heard.includes('queued') && socket.bytesWritten < 200)
        socket.write(
          'From: a@b.example\r\nSubject: x\r\n\r\nfirst\n.\nMAIL FROM:<evil@b.example>\n\r\n.\r\nQUIT\r\n',
        );
    });
    await new Promise((resolve) => socket.once('close', resolve));
    expect(kept.stored).toHaveLength(1);
  });
});
