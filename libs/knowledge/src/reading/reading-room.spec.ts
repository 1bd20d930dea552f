import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { ReadingRoom } from './reading-room.js';

// A thread takes seconds to begin on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const file = (text: string, fileName = 'a.md') => ({
  bytes: Buffer.from(text),
  mimeType: null,
  fileName,
  url: null,
});

const limits = { timeoutMs: 60_000, heapMb: 64, grownMb: 1_000 };

/** A PDF whose page unpacks to so many megabytes of nothing, of which it tells nobody. */
function bombOf(megabytes: number): Uint8Array {
  const block = deflateRawSync(Buffer.alloc(1_000_000, ' '), { finishFlush: constants.Z_SYNC_FLUSH });
  const blocks = Array.from({ length: megabytes }, () => block);
  const stream = Buffer.concat([Buffer.from([0x78, 0x9c]), ...blocks, Buffer.from([3, 0, 0, 0, 0, 1])]);
  const head = `%PDF-1.4
1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj
2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj
3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj
4 0 obj\n<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n`;
  const tail = '\nendstream\nendobj\ntrailer\n<< /Size 5 /Root 1 0 R >>\n%%EOF';
  return Buffer.concat([Buffer.from(head), stream, Buffer.from(tail)]);
}

describe('a reading room', () => {
  it('reads in a thread, and says why it cannot with the code of the reason', async () => {
    const room = new ReadingRoom();
    expect(await room.read(file('# Title\nText'))).toMatchObject({ kind: 'prose', title: 'Title' });
    await expect(room.read(file('%PDF-1.4 x'))).rejects.toMatchObject({ code: 'input/unreadable' });
  });

  it('gives up what takes too long, and what nobody waits for any more', async () => {
    await expect(new ReadingRoom({ ...limits, timeoutMs: 0 }).read(file('x'))).rejects.toMatchObject({
      code: 'input/unreadable',
      detail: expect.stringContaining('more than 0 s') as string,
    });
    await expect(new ReadingRoom().read(file('x'), AbortSignal.abort())).rejects.toMatchObject({
      code: 'state/unavailable',
    });
  });

  it('outlives a document that takes all the memory of its thread', async () => {
    const rows = `a,b\n${'"x","y"\n'.repeat(9_000)}`;
    const starved = new ReadingRoom({ ...limits, heapMb: 4 });
    await expect(starved.read(file(rows, 'a.csv'))).rejects.toMatchObject({
      code: 'input/unreadable',
      detail: expect.stringContaining('memory') as string,
    });
  });

  it('ends a document that unpacks to more memory than there may be, before it has unpacked', async () => {
    const bytes = bombOf(2_000);
    expect(bytes.length).toBeLessThan(10_000_000);
    const before = process.memoryUsage.rss();
    let most = before;
    const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
    const read = new ReadingRoom({ ...limits, grownMb: 150 }).read({ ...file(''), bytes });
    await expect(read).rejects.toMatchObject({
      code: 'input/unreadable',
      detail: expect.stringContaining('memory') as string,
    });
    clearInterval(look);
    expect((most - before) / 1_000_000).toBeLessThan(1_000);
  }, 90_000);

  it('lets those that were read together be read again, because nobody can tell which one it was', async () => {
    const room = new ReadingRoom({ ...limits, grownMb: -1_000_000 });
    const bytes = bombOf(500);
    const both = await Promise.allSettled([1, 2].map(() => room.read({ ...file(''), bytes })));
    const codes = both.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code);
    expect(codes).toContain('state/unavailable');
  });
});
