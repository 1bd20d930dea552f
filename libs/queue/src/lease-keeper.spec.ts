import { describe, expect, it } from 'vitest';
import { LeaseKeeper, type Held } from './lease-keeper.js';

/** Nothing else of this process runs meanwhile, timers neither: as when it was stopped. */
function standStill(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until;);
}

function keeping(leaseMs: number, kept: string[]) {
  const asked: string[][] = [];
  const item: Held & { id: string } = { id: 'a', lost: new AbortController() };
  const leases = new LeaseKeeper<string, typeof item>(leaseMs, (items) => {
    asked.push(items.map(({ id }) => id));
    return Promise.resolve(new Set(kept));
  });
  leases.hold('a', item);
  return { leases, item, asked };
}

describe('a lease', () => {
  it('is ours while it lasts, without asking the store', async () => {
    const { leases, item, asked } = keeping(60_000, []);
    expect(await leases.isOurs('a', item)).toBe(true);
    expect(asked).toEqual([]);
    leases.stop();
  });

  it('is asked for after the process stood still, and is ours only if the store says so', async () => {
    for (const kept of [['a'], []]) {
      const { leases, item, asked } = keeping(20, kept);
      standStill(25);
      expect(await leases.isOurs('a', item)).toBe(kept.length > 0);
      expect(asked[0]).toEqual(['a']);
      expect(item.lost.signal.aborted).toBe(kept.length === 0);
      leases.stop();
    }
  });

  it('counts from the moment it was asked for, not from the answer', async () => {
    const { leases, item, asked } = keeping(60_000, []);
    leases.hold('a', item, performance.now() - 60_001);
    expect(await leases.isOurs('a', item)).toBe(false);
    expect(asked).toHaveLength(1);
    leases.stop();
  });

  it('is not ours once it is released', async () => {
    const { leases, item } = keeping(60_000, ['a']);
    leases.release('a', item);
    expect(await leases.isOurs('a', item)).toBe(false);
    leases.stop();
  });
});
