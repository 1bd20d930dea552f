import { existsSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { MailReader, verifier } from './apart.js';
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

  it('give their files, and nothing where there is none', async () => {
    const part = 'Content-Disposition: attachment; filename=a.txt\r\n\r\nhi';
    const mail = `From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\n${part}\r\n--b--`;
    const reader = new MailReader();
    const file = await reader.file(Buffer.from(mail), 2);
    expect({ ...file, bytes: Buffer.from(file!.bytes).toString() }).toMatchObject({
      bytes: 'hi',
      fileName: 'a.txt',
    });
    expect(await reader.file(Buffer.from(mail), 9)).toBeNull();
  });

  it('are not checked for their sender where that would take for ever', async () => {
    const signature = 'DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s; h=from; bh=x; b=x\r\n';
    const hostile = [
      `From: ${'a@b.example, '.repeat(100_000)}\r\n\r\nx`,
      `${signature.repeat(5_000)}From: a@b.example\r\n\r\nx`,
      `From: a@b.example\r\nFrom: c@d.example\r\n\r\nx`,
    ];
    for (const mail of hostile) expect(await verifier.verify(Buffer.from(mail), null)).toEqual(UNKNOWN);
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
