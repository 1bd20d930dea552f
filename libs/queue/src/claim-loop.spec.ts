import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { currentContext, Logger } from '#libs/observe';
import { type Claimed, ClaimLoop } from './claim-loop.js';

interface Job {
  id: string;
}

/** A loop over a list of things that are due; work on each ends when it is told to, or is given up. */
function looping(due: string[], atOnce = 2) {
  const state = {
    due: due.map((id): Job => ({ id })),
    /** What was asked for at each look. */
    asked: [] as number[],
    doing: new Map<string, Claimed<Job>>(),
    most: 0,
    ends: new Map<string, (error?: Error) => void>(),
    ours: new Set<string>(due),
    said: '',
    contexts: [] as unknown[],
  };
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      state.said += String(chunk);
      done();
    },
  });
  const loop = new ClaimLoop<string, Job>(
    {
      name: 'jobs',
      leaseMs: 60,
      sweepEveryMs: 10_000,
      atOnce,
      idOf: ({ id }) => id,
      contextOf: () => ({ workspaceId: 'ws_1' }),
      claim: (free) => {
        state.asked.push(free);
        return Promise.resolve(state.due.splice(0, free));
      },
      renew: (items) =>
        Promise.resolve(new Set(items.map(({ id }) => id).filter((id) => state.ours.has(id)))),
      work: async (claimed) => {
        const { id } = claimed.item;
        state.doing.set(id, claimed);
        state.most = Math.max(state.most, state.doing.size);
        state.contexts.push(currentContext());
        await new Promise<void>((resolve, reject) => {
          state.ends.set(id, (error) => (error ? reject(error) : resolve()));
          for (const signal of [claimed.lost.signal, loop.stopping])
            signal.addEventListener('abort', () => resolve());
        });
        state.doing.delete(id);
      },
    },
    Logger.create({ app: 'test', level: 'info', destination }),
  );
  return { loop, state };
}

describe('a loop of claims', () => {
  it('works on as many as it may at once, and takes the next when one is done', async () => {
    const { loop, state } = looping(['a', 'b', 'c', 'd', 'e']);
    loop.start();
    await loop.poke();
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      await expect.poll(() => state.doing.has(id)).toBe(true);
      state.ends.get(id)!();
    }
    await expect.poll(() => state.doing.size).toBe(0);
    expect(state.most).toBe(2);
    expect(Math.max(...state.asked)).toBe(2);
    expect(state.contexts[0]).toMatchObject({ workspaceId: 'ws_1', requestId: expect.any(String) as string });
    await loop.stop();
  });

  it('goes on when work on one fails, and says which', async () => {
    const { loop, state } = looping(['a', 'b'], 1);
    await loop.poke();
    state.ends.get('a')!(new TypeError('a bug'));
    await expect.poll(() => state.doing.has('b')).toBe(true);
    expect(JSON.parse(state.said.trim())).toMatchObject({ loop: 'jobs', id: 'a', level: 'error' });
    await loop.stop();
  });

  it('keeps the leases of what it works on, and tells work whose lease is lost', async () => {
    const { loop, state } = looping(['a', 'b']);
    await loop.poke();
    const [a, b] = [state.doing.get('a')!, state.doing.get('b')!];
    await sleep(150);
    expect([await loop.isOurs(a), await loop.isOurs(b)]).toEqual([true, true]);
    state.ours.delete('b');
    await expect.poll(() => b.lost.signal.aborted).toBe(true);
    expect([await loop.isOurs(a), await loop.isOurs(b)]).toEqual([true, false]);
    await loop.stop();
  });

  it('gives up what is under way when it stops, waits for its end, and claims nothing more', async () => {
    const { loop, state } = looping(['a', 'b', 'c']);
    await loop.poke();
    expect(state.doing.size).toBe(2);
    await loop.stop();
    expect(state.doing.size).toBe(0);
    await loop.poke();
    expect(state.due).toEqual([{ id: 'c' }]);
  });
});
