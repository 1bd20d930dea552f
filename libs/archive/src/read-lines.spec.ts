import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines, type ReadLinesOptions } from './read-lines.js';

async function batchesOf(pieces: Uint8Array[], options: ReadLinesOptions): Promise<string[][]> {
  const batches: string[][] = [];
  const source = (async function* () {
    yield* pieces;
  })();
  for await (const batch of readLines(source, options)) batches.push(batch);
  return batches;
}

const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );

describe('lines', () => {
  it('are whole whatever the pieces are, and none is lost between batches', async () => {
    const line = fc.string({ unit: 'grapheme' }).filter((text) => text !== '' && !text.includes('\n'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(40),
        async (lines, size, batchMax) => {
          const pieces = cut(Buffer.from(lines.map((text) => `${text}\n`).join('')), size);
          const batches = await batchesOf(pieces, { lineMax: 1_000, batchMax });
          expect(batches.flat()).toEqual(lines);
          expect(batches.every((batch) => batch.length > 0)).toBe(true);
        },
      ),
    );
  });

  it('come in batches that a large line does not make larger', async () => {
    const lines = Array.from({ length: 100 }, () => 'x'.repeat(1_000));
    const batches = await batchesOf([Buffer.from(lines.join('\n'))], { lineMax: 2_000, batchMax: 3_000 });
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(3);
  });

  it('are refused when one is too long or is no UTF-8', async () => {
    const options = { lineMax: 10, batchMax: 100 };
    await expect(batchesOf([Buffer.alloc(11, 65)], options)).rejects.toMatchObject({
      code: 'input/too-large',
    });
    await expect(batchesOf([Buffer.from([0xff, 10])], options)).rejects.toMatchObject({
      code: 'input/invalid',
    });
  });
});
