import { describe, expect, it } from 'vitest';
import { ReadingRoom } from './reading-room.js';

const file = (text: string, fileName = 'a.md') => ({
  bytes: Buffer.from(text),
  mimeType: null,
  fileName,
  url: null,
});

describe('a reading room', () => {
  it('reads in a thread, and says why it cannot with the code of the reason', async () => {
    const room = new ReadingRoom();
    expect(await room.read(file('# Title\nText'))).toMatchObject({ kind: 'prose', title: 'Title' });
    await expect(room.read(file('%PDF-1.4 x'))).rejects.toMatchObject({ code: 'input/unreadable' });
  });

  it('gives up what takes too long, and what nobody waits for any more', async () => {
    await expect(new ReadingRoom({ timeoutMs: 0, heapMb: 64 }).read(file('x'))).rejects.toMatchObject({
      code: 'input/unreadable',
      detail: expect.stringContaining('more than 0 s') as string,
    });
    await expect(new ReadingRoom().read(file('x'), AbortSignal.abort())).rejects.toMatchObject({
      code: 'state/unavailable',
    });
  });

  it('outlives a document that takes all the memory of its thread', async () => {
    const rows = `a,b\n${'"x","y"\n'.repeat(9_000)}`;
    const starved = new ReadingRoom({ timeoutMs: 30_000, heapMb: 4 });
    await expect(starved.read(file(rows, 'a.csv'))).rejects.toMatchObject({
      code: 'input/unreadable',
      detail: expect.stringContaining('memory') as string,
    });
  });
});
