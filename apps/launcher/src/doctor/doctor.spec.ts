import { describe, expect, it } from 'vitest';
import type { DatabaseLook } from '#libs/store';
import { ofDatabase } from './of-database.js';
import { judgeRoom } from './of-folder.js';

const sound: DatabaseLook = {
  version: '18.4',
  latencyMs: 0.4,
  clockAheadMs: 12,
  encoding: 'UTF8',
  durability: { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' },
  connectionsMax: 100,
  connectionsUsed: 20,
  sizeBytes: 12_000_000,
  waiting: [{ kind: 'delivery', count: 3, oldestSeconds: 1 }],
};
/** What is not well of a database that differs from a sound one in this. */
const troubles = (difference: Partial<DatabaseLook>): string[] =>
  ofDatabase({ ...sound, ...difference }, 60)
    .filter(({ state }) => state !== 'well')
    .map(({ what, state }) => `${what} ${state}`);

describe('what the doctor makes of a database', () => {
  it('has nothing to say of a sound one', () => {
    expect(troubles({})).toEqual([]);
  });

  it('names what loses acknowledged messages, tears the clocks apart or runs out', () => {
    expect(troubles({ durability: { ...sound.durability, fsync: 'off' } })).toEqual(['durability wrong']);
    expect(troubles({ durability: { ...sound.durability, synchronous_commit: 'local' } })).toEqual([]);
    expect(troubles({ clockAheadMs: -2_500 })).toEqual(['database clock wrong']);
    expect(troubles({ encoding: 'SQL_ASCII' })).toEqual(['database wrong']);
    expect(troubles({ latencyMs: 80 })).toEqual(['database warning']);
    expect(troubles({ connectionsMax: 50 })).toEqual(['connections wrong']);
    expect(troubles({ connectionsUsed: 95 })).toEqual(['connections warning']);
  });

  it('counts as late what waits longer than a sweep, and as stuck what waits ten minutes', () => {
    const waiting = (oldestSeconds: number) =>
      troubles({ waiting: [{ kind: 'webhook', count: 1, oldestSeconds }] });
    expect(waiting(100)).toEqual([]);
    expect(waiting(130)).toEqual(['waiting webhooks warning']);
    expect(waiting(601)).toEqual(['waiting webhooks wrong']);
  });
});

describe('what the doctor makes of a disk', () => {
  it('warns while there is time, and not because a large disk is nearly full', () => {
    expect(judgeRoom(400e6, 1e12).state).toBe('wrong');
    expect(judgeRoom(1.5e9, 1e12).state).toBe('warning');
    expect(judgeRoom(3e9, 1e12).state).toBe('well');
    expect(judgeRoom(800e6, 10e9).state).toBe('well');
  });
});
