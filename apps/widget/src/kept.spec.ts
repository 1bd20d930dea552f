import { describe, expect, it } from 'vitest';
import { Kept, newId } from './kept.js';

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
}
const full = (): Storage =>
  ({
    getItem: () => null,
    setItem: () => {
      throw new Error('QuotaExceededError');
    },
    removeItem: () => undefined,
  }) as unknown as Storage;
const unsent = [{ clientId: 'a', parts: [] }];

describe('what is kept', () => {
  it.each([
    ['by a browser', memory()],
    ['for the page by a browser that stores nothing', full()],
  ])('outlives the conversation that is shown, %s', (_, storage) => {
    const kept = new Kept('chan_1', () => storage);
    const first = kept.current.id;
    kept.change(first, { unsent, draft: 'half a sen', preview: 'Hello' });
    expect(kept.begin().id).not.toBe(first);
    kept.show(first);
    expect(kept.current).toMatchObject({ id: first, unsent, draft: 'half a sen' });
  });

  it('is read by the next page, and by no other channel', () => {
    const storage = memory();
    new Kept('chan_1', () => storage).change(new Kept('chan_1', () => storage).current.id, { token: 't' });
    expect(new Kept('chan_1', () => storage).current.token).toBe('t');
    expect(new Kept('chan_2', () => storage).current.token).toBeNull();
  });

  it('holds no conversation in which nothing was said, and the latest first', () => {
    const kept = new Kept('chan_1', memory);
    const storage = memory();
    const again = new Kept('chan_1', () => storage);
    expect(kept.current.preview).toBe('');
    const one = again.begin();
    again.change(one.id, { preview: 'one', at: 1 });
    again.begin();
    const two = again.begin();
    again.change(two.id, { preview: 'two', at: 2 });
    expect(again.threads.map(({ preview }) => preview)).toEqual(['two', 'one']);
  });

  it('is begun anew when it cannot be read', () => {
    const storage = memory();
    storage.setItem('parley.chan_1', '{ broken');
    expect(new Kept('chan_1', () => storage).current).toMatchObject({ token: null, unsent: [] });
  });

  it('is gone when it is cleared', () => {
    const storage = memory();
    const kept = new Kept('chan_1', () => storage);
    kept.change(kept.current.id, { token: 't' });
    kept.clear();
    expect([kept.current.token, kept.threads.length]).toEqual([null, 1]);
  });
});

describe('an id', () => {
  it('is 32 digits, and never the same', () => {
    expect(newId()).toMatch(/^[0-9a-f]{32}$/);
    expect(newId()).not.toBe(newId());
  });
});
