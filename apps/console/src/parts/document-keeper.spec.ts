import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DocumentKeeper, type PutDocument } from './document-keeper.js';

const left = new Map<string, string>();

beforeEach(() => {
  left.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => left.get(key) ?? null,
    setItem: (key: string, text: string) => left.set(key, text),
    removeItem: (key: string) => left.delete(key),
  });
});

/** A server with one document, which others may change too. */
function server() {
  let stored = { value: 'first', revision: 1 };
  const put: PutDocument<string> = (value, revision) => {
    if (revision !== null && revision !== stored.revision) {
      return Promise.reject(
        Object.assign(new Error('taken'), { code: 'state/version-mismatch', status: 412 }),
      );
    }
    if (value === '') return Promise.reject(Object.assign(new Error('empty'), { status: 422 }));
    stored = { value, revision: stored.revision + 1 };
    return Promise.resolve(stored.revision);
  };
  return { put, get: () => stored, byOthers: (value: string) => void put(value, null) };
}

const long = 1_000_000;

describe('what is changed', () => {
  it('is in the browser at once, and only there no more once it is stored', async () => {
    const { put, get } = server();
    const keeper = new DocumentKeeper('a', put, long);
    keeper.change('second', 1);
    expect([...left.values()][0]).toContain('second');
    expect(await keeper.flush()).toBe(true);
    expect(get()).toEqual({ value: 'second', revision: 2 });
    expect([left.size, keeper.get().keeping]).toEqual([0, 'kept']);
  });

  it('outlives a reload, with the revision that it is based on', async () => {
    const { put, get, byOthers } = server();
    new DocumentKeeper('a', put, long).change('mine', 1);
    const after = new DocumentKeeper('a', put, long);
    expect(after.get()).toMatchObject({ value: 'mine', revision: 1, keeping: 'waiting' });
    byOthers('theirs');
    expect(await after.flush()).toBe(false);
    expect([get().value, after.get().keeping]).toEqual(['theirs', 'overtaken']);
  });

  it('is not sent again while somebody has to choose, and then as they chose', async () => {
    const { put, get, byOthers } = server();
    const keeper = new DocumentKeeper('a', put, long);
    byOthers('theirs');
    keeper.change('mine', 1);
    await keeper.flush();
    keeper.change('mine, longer', 1);
    expect([await keeper.flush(), get().value]).toEqual([false, 'theirs']);
    expect([await keeper.insist(), get().value]).toEqual([true, 'mine, longer']);
    keeper.change('again', 3);
    keeper.drop();
    expect([keeper.get().value, left.size, get().value]).toEqual([null, 0, 'mine, longer']);
  });

  it('goes on from what was stored when more is typed while it is on its way', async () => {
    const { put, get } = server();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const keeper = new DocumentKeeper<string>('a', async (...args) => gate.then(() => put(...args)), long);
    keeper.change('one', 1);
    const first = keeper.flush();
    keeper.change('one and two', 1);
    go();
    await first;
    expect(keeper.get()).toMatchObject({ value: 'one and two', revision: 2, keeping: 'waiting' });
    expect([await keeper.flush(), get()]).toEqual([true, { value: 'one and two', revision: 3 }]);
  });

  it('stays here when it is refused or nobody answers, and is tried again', async () => {
    const { put, get } = server();
    let isAway = true;
    const keeper = new DocumentKeeper<string>(
      'a',
      (...args) => (isAway ? Promise.reject(new Error('no answer')) : put(...args)),
      long,
    );
    keeper.change('', 1);
    expect([await keeper.flush(), keeper.get().keeping]).toEqual([false, 'lost']);
    isAway = false;
    expect([await keeper.flush(), keeper.get().keeping]).toEqual([false, 'refused']);
    keeper.change('better', 1);
    expect([await keeper.flush(), get().value]).toEqual([true, 'better']);
  });
});
