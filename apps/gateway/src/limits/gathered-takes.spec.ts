import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Allowance, AllowanceState } from '#libs/store';
import { GatheredTakes } from './gathered-takes.js';

const asked: Allowance[] = [
  { key: 'key:a', refillMs: 1_000, burst: 100 },
  { key: 'workspace:w', refillMs: 1_000, burst: 100 },
];

/** Two allowances that nothing comes back to, as the database counts them; others take from the second between statements. */
function counters(left: number[], others: number[] = []) {
  const statements: number[] = [];
  const take = async (all: readonly Allowance[], cost: number): Promise<AllowanceState[]> => {
    statements.push(cost);
    left[1] = Math.max(0, left[1]! - (others.shift() ?? 0));
    const has = left.map((one) => one >= cost);
    if (has.every(Boolean)) for (const at of left.keys()) left[at]! -= cost;
    await Promise.resolve();
    return all.map(({ key }, at) => ({
      key,
      isAllowed: has[at]!,
      remaining: left[at]!,
      resetMs: 0,
      retryAfterMs: has[at] ? 0 : 1,
    }));
  };
  return { take, statements, left };
}

const isAllowed = (states: AllowanceState[]): boolean => states.every((state) => state.isAllowed);

describe('a crowd', () => {
  it('gets what there is, to the last one, whoever else takes meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60),
        fc.nat(60),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(4), { maxLength: 5 }),
        async (first, second, crowd, others) => {
          const { take, left } = counters([first, second], others);
          const gathered = new GatheredTakes(take);
          const before = left[0]!;
          const answers = await Promise.all(Array.from({ length: crowd }, () => gathered.one(asked)));
          const passed = answers.filter(isAllowed).length;
          expect(before - left[0]!).toBe(passed);
          // Whoever was refused was refused when there was nothing left of one of them.
          if (passed < crowd) expect(Math.min(...left)).toBe(0);
        },
      ),
    );
  });

  it('costs a few statements, and each is told what is left after it', async () => {
    const { take, statements } = counters([100, 90]);
    const gathered = new GatheredTakes(take);
    const answers = await Promise.all(Array.from({ length: 64 }, () => gathered.one(asked)));
    expect(statements).toEqual([1, 63]);
    expect(answers.map(([key]) => key!.remaining)).toEqual(Array.from({ length: 64 }, (_, at) => 99 - at));
    expect(answers.at(-1)![1]!.remaining).toBe(26);
    await gathered.one(asked);
    expect(statements).toEqual([1, 63, 1]);
  });

  it('hears of a database that is away, each of them, and asks again next time', async () => {
    let isAway = true;
    const { take } = counters([9, 9]);
    const gathered = new GatheredTakes(async (all, cost) => {
      await Promise.resolve();
      if (isAway) throw new Error('away');
      return take(all, cost);
    });
    const answers = await Promise.allSettled([1, 2, 3].map(() => gathered.one(asked)));
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    isAway = false;
    expect(isAllowed(await gathered.one(asked))).toBe(true);
  });
});
