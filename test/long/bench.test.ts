import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const main = path.resolve(import.meta.dirname, '../bench/main.mjs');

/** Runs the bench as `npm run bench` does, the build being there. */
async function bench(...args: string[]): Promise<{ code: number; said: string; complaints: string }> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return promisify(execFile)(process.execPath, [main, ...args], { env, timeout: 110_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout, complaints: stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      said: stdout,
      complaints: stderr,
    }),
  );
}

/** Cells of the table's rows, without its head. */
function rowsOf(table: string): string[][] {
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((line) => line.split('|').map((cell) => cell.trim()));
}

describe('the bench', () => {
  it('says how good the search over knowledge is, by kinds of questions', async () => {
    const { code, said } = await bench('--only', 'knowledge');
    expect(code).toBe(0);
    const kinds = rowsOf(said).map(([, kind]) => kind);
    expect(kinds).toEqual(['exact', 'typos', 'paraphrase', 'other-language', 'no-translation', 'off-topic']);
  }, 120_000);

  it('says what a turn costs without a model, and how fast flows are interpreted', async () => {
    const { code, said } = await bench('--quick', '--only', 'bot');
    expect(code).toBe(0);
    const rows = rowsOf(said);
    expect(rows).toHaveLength(4);
    expect(rows.at(-1)!.at(-2)).toMatch(/^[\d,]+$/);
  });

  it('measures messages all the way beside their floor, and finds every one of them on record', async () => {
    const { code, said, complaints } = await bench('--quick', '--backend', 'postgres', '--only', 'durable');
    expect({ code, complaints }).toEqual({
      code: 0,
      complaints: expect.stringContaining('Measuring durable'),
    });
    const rows = rowsOf(said);
    expect(rows.map(([, what]) => what)).toEqual(
      expect.arrayContaining([
        'end to end, 64 in flight',
        'end to end at 100/s: p99',
        'memory of the worker, idle',
      ]),
    );
    const [, , , ours, floor, ratio] = rows.find(([, what]) => what === 'end to end, 64 in flight')!;
    expect([ours, floor, Number(ratio) > 0]).toEqual([
      expect.stringMatching(/^[\d.,]+ messages\/s$/),
      expect.stringMatching(/^[\d.,]+ messages\/s$/),
      true,
    ]);
  }, 120_000);

  it('acknowledges while every turn takes long', async () => {
    const { code, said } = await bench('--quick', '--backend', 'postgres', '--only', 'slow');
    expect(code).toBe(0);
    expect(rowsOf(said)).toHaveLength(2);
  }, 120_000);

  it('says how it is used when it is asked for what it does not have', async () => {
    const { code, complaints } = await bench('--only', 'nothing');
    expect({ code, complaints }).toEqual({ code: 2, complaints: expect.stringContaining('npm run bench') });
  });
});
