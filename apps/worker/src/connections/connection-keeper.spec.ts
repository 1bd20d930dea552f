import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { registry, type AnyConnector, type ConnectionIo, type ConnectionPort } from '#libs/connectors';
import { fault } from '#libs/faults';
import type { InboundDoor } from '#libs/inbound';
import { newId, type ChannelId } from '#libs/model';
import { Logger } from '#libs/observe';
import type { Channels, ConnectionClaim, Connections, LoadedChannel } from '#libs/store';
import { ConnectionKeeper } from './connection-keeper.js';
import type { ConnectionMeans } from './connection-io.js';

const LEASE_MS = 200; // a connection's lease is three times as long
const channel: LoadedChannel = {
  workspaceId: newId('workspace'),
  channelId: newId('channel'),
  connector: 'kept',
  name: 'Kept',
  settings: {},
  botId: null,
  state: 'active',
  version: 1,
  fallbackChannelIds: [],
};

/** What happened, in order. */
let happened: string[];
let keeper: ConnectionKeeper;

interface Given {
  /** What `open` does before it resolves. */
  opening?: (io: ConnectionIo<unknown>) => Promise<void>;
  /** Until the connection is closed, after it was asked to. */
  closingMs?: number;
  renew?: () => Promise<Map<ChannelId, { state: string; version: number }>>;
  isShownHeld?: boolean;
  claims?: number;
}

function start(given: Given = {}): void {
  // What the one before still does is not this one's.
  const done: string[] = [];
  happened = done;
  let epoch = 0;
  const port: ConnectionPort<unknown> = {
    isUsed: () => true,
    carriesSends: () => false,
    open: async (io) => {
      done.push('open');
      await given.opening?.(io);
      io.show({ state: 'open', reason: 'Open.' });
      let end: (reason: string) => void = () => undefined;
      const ended = new Promise<string>((resolve) => (end = resolve));
      return {
        ended,
        close: async () => {
          done.push('closing');
          await sleep(given.closingMs ?? 0);
          done.push('closed');
          end('It was closed.');
        },
      };
    },
  };
  const connector = { manifest: { id: 'kept', pacing: () => ({ account: 'a' }) }, connection: port };
  (registry as Map<string, AnyConnector>).set('kept', connector as unknown as AnyConnector);
  const renewed = () => Promise.resolve(new Map([[channel.channelId, { state: 'active', version: 1 }]]));
  const connections = {
    take: () => {
      if (epoch >= (given.claims ?? 1)) return Promise.resolve([]);
      const { workspaceId, channelId } = channel;
      const claim: ConnectionClaim = { workspaceId, channelId, epoch: ++epoch };
      return Promise.resolve([claim]);
    },
    renew: given.renew ?? renewed,
    opened: () => Promise.resolve(),
    show: () => Promise.resolve(given.isShownHeld ?? true),
    failures: () => Promise.resolve(0),
    release: () => {
      done.push('released');
      return Promise.resolve();
    },
  };
  const channels = {
    load: () => Promise.resolve(channel),
    setHealth: (_w: string, _c: string, { state }: { state: string }) => {
      done.push(`health ${state}`);
      return Promise.resolve();
    },
  };
  keeper = new ConnectionKeeper(
    connections as unknown as Connections,
    channels as unknown as Channels,
    {} as InboundDoor,
    { opened: () => undefined, hookUrl: () => undefined } as unknown as ConnectionMeans,
    { worker: 'w', leaseMs: LEASE_MS, sweepEveryMs: 20, connectionsMax: 5 },
    Logger.create({ app: 'test', level: 'silent' }),
  );
  keeper.start();
}
const has = (what: string) => vi.waitFor(() => expect(happened).toContain(what), { timeout: 3_000 });

afterEach(async () => {
  await keeper.stop();
  (registry as Map<string, AnyConnector>).delete('kept');
});

describe('a connection that a worker holds', () => {
  it('ends before its lease does when the database cannot be asked', async () => {
    const began = performance.now();
    start({ renew: () => Promise.reject(fault('store/unavailable')) });
    await has('closing');
    expect(performance.now() - began).toBeLessThan(3 * LEASE_MS);
  });

  it('goes on as long as it is renewed', async () => {
    start();
    await has('health healthy');
    await sleep(5 * LEASE_MS);
    expect(happened).toEqual(['open', 'health healthy']);
  });

  it('is claimed again only to be opened after the one before has ended here', async () => {
    start({ renew: () => Promise.resolve(new Map()), closingMs: 150, claims: 2 });
    await vi.waitFor(() => expect(happened.filter((what) => what === 'open')).toHaveLength(2), {
      timeout: 3_000,
    });
    const steps = happened.filter((what) => ['open', 'closed'].includes(what));
    expect(steps.slice(0, 3)).toEqual(['open', 'closed', 'open']);
  });

  it('that is still being opened is given up when the worker stops', async () => {
    start({
      opening: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(fault('channel/unreachable')), { once: true });
        }),
    });
    await has('open');
    await keeper.stop();
    expect(happened.at(-1)).toBe('released');
  });

  it('says nothing of the channel when it is no longer the one that counts', async () => {
    start({ isShownHeld: false });
    await has('open');
    await keeper.stop();
    expect(happened.filter((what) => what.startsWith('health'))).toEqual([]);
  });
});
