import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fault } from '#libs/faults';
import { newId } from '#libs/model';
import { Keyring } from '../sealing/keyring.js';
import { type Drained, EventSpool, type SpooledRequest, type TakeRequests } from './event-spool.js';

const keyOf = (version: number) => ({ version, key: createSecretKey(randomBytes(32)) });
const current = keyOf(1);
const place = { workspaceId: newId('workspace'), channelId: newId('channel') };

let folder: string;
let spool: EventSpool;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'spool-'));
  spool = open();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(keys = new Keyring({ current, old: [] })): EventSpool {
  return new EventSpool(folder, 1_000_000, keys, 0);
}

const request = (key: string): SpooledRequest => ({
  connector: 'webhook',
  events: [
    {
      ...place,
      kind: 'message',
      eventKey: key,
      event: {
        kind: 'message',
        event_key: key,
        thread: 't',
        from: { kind: 'webhook', value: 'ann' },
        provider_id: key,
        content: [{ type: 'text', text: `words of ${key} \u0000 👋` }],
      },
      raw: Buffer.from([0, 255, 10, 13]),
      status: 'pending',
    },
  ],
});

/** Takes what is handed out, but for what it refuses. */
function taker(refuses: (key: string) => Error | null = () => null) {
  const taken: SpooledRequest[] = [];
  const take: TakeRequests = (requests) => {
    for (const { events } of requests) {
      const error = refuses(events[0]!.eventKey);
      if (error) return Promise.reject(error);
    }
    taken.push(...requests);
    return Promise.resolve();
  };
  return { take, taken, keys: () => taken.map(({ events }) => events[0]!.eventKey) };
}

async function fill(count: number): Promise<string[]> {
  const keys = Array.from({ length: count }, (_, at) => `k${at}`);
  for (const key of keys) await spool.add(request(key));
  return keys;
}

describe('what is kept while the database is away', () => {
  it('comes out as it was, in its order, once', async () => {
    const keys = await fill(120);
    const { take, taken, keys: seen } = taker();
    expect(await spool.drain(take)).toEqual({ taken: 120, setAside: [] } satisfies Drained);
    expect(seen()).toEqual(keys);
    expect(taken[7]).toEqual(request('k7'));
    expect(spool.isEmpty()).toBe(true);
    expect(await spool.drain(take)).toEqual({ taken: 0, setAside: [] });
  });

  it('stays while the database is still away, and comes in its order afterwards', async () => {
    const keys = await fill(120);
    const away = taker((key) => (key === 'k70' ? fault('store/unavailable') : null));
    await expect(spool.drain(away.take)).rejects.toMatchObject({ code: 'store/unavailable' });
    expect(spool.isEmpty()).toBe(false);
    await spool.add(request('later'));
    const back = taker();
    await open().drain(back.take);
    await open().drain(back.take);
    expect([...new Set([...away.keys(), ...back.keys()])]).toEqual([...keys, 'later']);
  });

  it('is put aside when it is refused for what it is, and holds up nobody', async () => {
    await fill(60);
    const { take, keys } = taker((key) => (key === 'k3' ? fault('input/invalid') : null));
    const { taken, setAside } = await spool.drain(take);
    expect({ taken, codes: setAside.map(({ code }) => code) }).toEqual({
      taken: 59,
      codes: ['input/invalid'],
    });
    expect(keys()).not.toContain('k3');
    expect(spool.isEmpty()).toBe(true);
    expect(readFileSync(path.join(folder, 'set-aside.txt'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('is put aside, not dropped, when its key is not configured any more', async () => {
    await fill(2);
    const { take } = taker();
    const { taken, setAside } = await open(new Keyring({ current: keyOf(2), old: [] })).drain(take);
    expect({ taken, codes: setAside.map(({ code }) => code) }).toEqual({
      taken: 0,
      codes: ['store/sealed', 'store/sealed'],
    });
  });

  it('is opened by the key that sealed it after another has taken its place', async () => {
    await fill(2);
    const { take, keys } = taker();
    await open(new Keyring({ current: keyOf(2), old: [current] })).drain(take);
    expect(keys()).toEqual(['k0', 'k1']);
  });

  it('is sealed: nobody reads in the files what was said, or who said it', async () => {
    await fill(2);
    const files = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'latin1'));
    expect(files.join('')).toContain('v1.1.0.');
    for (const word of ['words of', 'ann', 'webhook', place.channelId])
      expect(files.join('')).not.toContain(word);
  });
});
