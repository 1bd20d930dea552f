import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpoolFiles } from './spool-files.js';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'spool-'));
  folder = path.join(parent, 'spool');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const spool = (bytesMax = 1_000_000, settleMs = 0): SpoolFiles => new SpoolFiles(folder, bytesMax, settleMs);

async function everything(files: SpoolFiles): Promise<string[]> {
  const lines: string[] = [];
  for (let name = await files.oldest(); name; name = await files.oldest()) {
    for await (const line of files.read(name)) lines.push(line);
    await files.remove(name);
  }
  return lines;
}

describe('files of lines', () => {
  it('are none before anything is written, and when everything was used', async () => {
    const files = spool();
    expect(files.isEmpty()).toBe(true);
    expect(await everything(files)).toEqual([]);
    await files.add('a');
    expect(files.isEmpty()).toBe(false);
    expect(await everything(files)).toEqual(['a']);
    expect(files.isEmpty()).toBe(true);
  });

  it('are there for another process, and for the next one', async () => {
    await Promise.all([spool().add('a'), spool().add('b')]);
    const files = spool();
    const name = await files.oldest();
    await spool().add('c');
    expect(await spool().oldest()).toBe(name);
    expect((await everything(spool())).sort()).toEqual(['a', 'b', 'c']);
  });

  it('hold no half line against those after it', async () => {
    const files = spool();
    await files.add('a');
    appendFileSync(path.join(folder, 'current.spool'), '\nhal');
    await files.add('b');
    expect(await everything(files)).toEqual(['a', 'hal', 'b']);
  });

  it('refuse what no longer fits, and keep what fitted', async () => {
    const files = spool(20);
    await files.add('0123456789');
    await expect(files.add('0123456789')).rejects.toMatchObject({ code: 'store/unavailable' });
    expect(await everything(files)).toEqual(['0123456789']);
    await files.add('0123456789');
    expect(await everything(files)).toEqual(['0123456789']);
  });

  it('leave a new file to its writers for a while', async () => {
    const files = spool(1_000_000, 60_000);
    await files.add('a');
    expect(await files.oldest()).toBeNull();
    expect(files.isEmpty()).toBe(false);
  });

  it('cannot be read by others', async () => {
    await spool().add('a');
    const modes = [folder, path.join(folder, 'current.spool')].map((one) => statSync(one).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600]);
  });

  it('keep what is set aside where nobody reads it', async () => {
    const files = spool();
    await files.add('a');
    await everything(files);
    await files.setAside('a');
    expect(files.isEmpty()).toBe(true);
    expect(readdirSync(folder)).toEqual(['set-aside.txt']);
    expect(readFileSync(path.join(folder, 'set-aside.txt'), 'utf8')).toBe('a\n');
  });

  /** Several processes write and use at once; some that use die in the middle. */
  it('lose no line that its writer was told of, and keep the order, whoever writes, uses or dies', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        who: fc.nat(2),
        count: fc.integer({ min: 1, max: 4 }),
      }),
      fc.record({ kind: fc.constant('use' as const), who: fc.nat(2), dies: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 12 }),
        async (rounds) => {
          rmSync(folder, { recursive: true, force: true });
          const processes = [spool(), spool(), spool()];
          const told: number[] = [];
          const used: number[] = [];
          let next = 0;
          const write = async (files: SpoolFiles, count: number): Promise<void> => {
            const mine = Array.from({ length: count }, () => next++);
            for (const line of mine) {
              await files.add(String(line));
              told.push(line);
            }
          };
          const use = async (files: SpoolFiles, dies: boolean): Promise<void> => {
            const name = await files.oldest();
            if (!name) return;
            const lines: number[] = [];
            for await (const line of files.read(name)) lines.push(Number(line));
            used.push(...(dies ? lines.slice(0, lines.length / 2) : lines));
            if (!dies) await files.remove(name);
          };
          for (const round of rounds) {
            await Promise.all(
              round.map((one) =>
                one.kind === 'write'
                  ? write(processes[one.who]!, one.count)
                  : use(processes[one.who]!, one.dies),
              ),
            );
          }
          used.push(...(await everything(spool())).map(Number));
          const firsts = [...new Set(used)];
          expect([...told].sort(byNumber)).toEqual([...firsts].sort(byNumber));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('come in the order in which their writers were told, over files and processes', async () => {
    const processes = [spool(), spool()];
    const used: string[] = [];
    let isWriting = true;
    const using = (async () => {
      const files = spool(1_000_000, 30);
      while (isWriting) used.push(...(await everything(files)));
    })();
    for (let line = 0; line < 300; line++) await processes[line % 2]!.add(String(line));
    isWriting = false;
    await using;
    used.push(...(await everything(spool())));
    const firsts = [...new Set(used)].map(Number);
    expect(firsts).toEqual(firsts.toSorted(byNumber));
    expect(firsts).toHaveLength(300);
  });
});

function byNumber(a: number, b: number): number {
  return a - b;
}
