import { existsSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { MailReader } from './apart.js';
import type { EmailSettings } from './manifest.js';
import { UNKNOWN } from './trust.js';

const compiled = path.resolve(
  import.meta.dirname,
  '../../../../dist/libs/connectors/src/email/mail-thread.js',
);
const settings = {
  address: 'c@d.example',
  also_addresses: [],
  token_secret: 'x'.repeat(24),
} as unknown as EmailSettings;
const read = (reader: MailReader, raw: Buffer) =>
  reader.read({ kind: 'mail', raw, trust: UNKNOWN, returnPath: null, receivedAt: 0 }, settings);

describe.runIf(existsSync(compiled))('mails read in a thread', () => {
  it('give the same bytes back, and their events', async () => {
    const raw = Buffer.from('From: a@b.example\r\nSubject: x\r\n\r\nhello');
    const { events } = await read(new MailReader(), raw);
    expect(events[0]!.raw).toBe(raw);
    expect(events[0]!.event).toMatchObject({ kind: 'message', content: [{ text: 'hello' }] });
  });

  it('hold up nobody else', async () => {
    const reader = new MailReader();
    await read(reader, Buffer.from('From: a@b.example\r\n\r\nx'));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const heavy = Buffer.from(
      `From: a@b.example\r\nContent-Type: text/html\r\n\r\n${'<b><p>x'.repeat(60_000)}`,
    );
    await Promise.all([read(reader, heavy), read(reader, heavy), read(reader, heavy)]);
    delay.disable();
    // Generous, because tests share their machine; a reading of one of these mails takes longer than that.
    expect(delay.percentile(99) / 1e6).toBeLessThan(100);
  });
});
