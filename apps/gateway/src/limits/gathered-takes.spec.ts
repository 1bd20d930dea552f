import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Allowance, AllowanceState, Lease } from '#libs/store';
import { GatheredTakes } from './gathered-takes.js';

const asked: Allowance[] = [
  { key: 'key:a', refillMs: 1_000, burst: 100 },
  { key: 'workspace:w', refillMs: 1_000, burst: 100 },
];

/** Two allowances that nothing comes back to, as the database counts them; others take from the second between statements. */
function counters(left: number[], others: number[] = []) {
  const statements: number[] = [];
  const take = async (all: readonly Allowance[], cost: number): Promise<Lease> => {
    statements.push(cost);
    left[1] = Math.max(0, left[1]! - (others.shift() ?? 0));
    const has = left.map((one) => one >= cost);
    if (has.every(Boolean)) for (const at of left.keys()) left[at]! -= cost;
    await Promise.resolve();
    const states = all.map(({ key }, at) => ({
      key,
      isAllowed: has[at]!,
      remaining: left[at]!,
      resetMs: 0,
      retryAfterMs: has[at] ? 0 : 1,
    }));
    return { states, extra: 0, holdMs: 0 };
  };
  return { take, statements, left };
}

/** One allowance as the function `allowance_lease` counts it, with a clock that stands still until it is moved. */
function database({ refillMs, burst }: Allowance) {
  const clock = { ms: 0 };
  let restsAt = 0;
  let statements = 0;
  const take = (_: unknown, cost: number, ahead: { extra: number; holdMs: number }): Promise<Lease> => {
    statements++;
    const now = clock.ms;
    const nextAt = Math.max(restsAt, now) + cost * refillMs;
    const isAllowed = nextAt - burst * refillMs <= now;
    const heldUntil = Math.max(nextAt, now + ahead.holdMs);
    const spare = Math.floor(((burst * refillMs) / 2 - (heldUntil - now)) / refillMs / 16);
    const extra = isAllowed ? Math.max(0, Math.min(ahead.extra, spare)) : 0;
    if (isAllowed) restsAt = extra > 0 ? heldUntil + extra * refillMs : nextAt;
    const remaining = Math.max(0, Math.floor((burst * refillMs - (restsAt - now)) / refillMs));
    const state = { key: 'k', isAllowed, remaining, resetMs: restsAt - now, retryAfterMs: isAllowed ? 0 : 1 };
    const holdMs = extra > 0 ? Math.min(heldUntil - now, 10_000) : 0;
    return Promise.resolve({ states: [state], extra, holdMs });
  };
  return { clock, take, statements: () => statements };
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

describe('what is taken ahead', () => {
  const one = async (gateway: GatheredTakes, of: readonly Allowance[]): Promise<AllowanceState[]> =>
    gateway.held(of) ?? (await gateway.one(of));

  it('never lets more through than the rate, in whatever time, with however many gateways', async () => {
    const step = fc.record({
      gateway: fc.nat(2),
      afterMs: fc.oneof(fc.constant(0), fc.nat(20), fc.nat(400)),
      requests: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.nat(400)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 400 }),
        fc.array(step, { maxLength: 40 }),
        async (refillMs, burst, steps) => {
          const allowance = { key: 'k', refillMs, burst };
          const { clock, take } = database(allowance);
          const gateways = [0, 1, 2].map(() => new GatheredTakes(take, () => clock.ms));
          // What a counter says that sees each request at the moment in which it is let through.
          let restsAt = 0;
          for (const { gateway, afterMs, requests } of steps) {
            clock.ms += afterMs;
            for (let at = 0; at < requests; at++) {
              if (!isAllowed(await one(gateways[gateway]!, [allowance]))) continue;
              restsAt = Math.max(restsAt, clock.ms) + refillMs;
              expect(restsAt).toBeLessThanOrEqual(clock.ms + burst * refillMs);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('spares a busy caller the database, and tells it the same', async () => {
    const allowance = { key: 'k', refillMs: 20, burst: 3_000 };
    const { clock, take, statements } = database(allowance);
    const gateway = new GatheredTakes(take, () => clock.ms);
    const left: number[] = [];
    for (let at = 0; at < 1_000; at++) {
      clock.ms += 5;
      const [state] = await one(gateway, [allowance]);
      expect(state).toMatchObject({ isAllowed: true });
      left.push(state!.remaining);
    }
    expect(statements()).toBeLessThan(50);
    // 1,000 were used in five seconds, in which 250 came back. What is reserved for a lease, and what comes back during one, is
    // what comes back in a quarter of a second: nobody is told of more than there is.
    expect(left.at(-1)).toBeGreaterThanOrEqual(2_250 - 26);
    expect(left.at(-1)).toBeLessThanOrEqual(2_250);
  });

  it('is lost when it was not used in its time', async () => {
    const allowance = { key: 'k', refillMs: 1, burst: 3_000 };
    const { clock, take } = database(allowance);
    const gateway = new GatheredTakes(take, () => clock.ms);
    await gateway.one([allowance]);
    clock.ms += 1;
    await gateway.one([allowance]);
    clock.ms += 249;
    expect(gateway.held([allowance])).not.toBeNull();
    clock.ms += 1;
    expect(gateway.held([allowance])).toBeNull();
  });

  it('is nothing for who asks now and then, and nothing of the lower half', async () => {
    const allowance = { key: 'k', refillMs: 3_600_000, burst: 150 };
    const { clock, take, statements } = database(allowance);
    const gateways = [0, 1].map(() => new GatheredTakes(take, () => clock.ms));
    let passed = 0;
    for (let at = 0; at < 180; at++) {
      const states = await one(gateways[at % 2]!, [allowance]);
      if (isAllowed(states)) passed++;
    }
    expect(passed).toBe(150);
    const asks = database({ key: 'k', refillMs: 20, burst: 3_000 });
    const slow = new GatheredTakes(asks.take, () => asks.clock.ms);
    for (let at = 0; at < 10; at++) {
      asks.clock.ms += 1_000;
      await one(slow, [allowance]);
    }
    expect(asks.statements()).toBe(10);
    expect(statements()).toBeLessThan(180);
  });
});
