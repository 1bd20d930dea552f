import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keyring } from './keyring.js';
import { openBytes, sealBytes, versionsOf, type SealedPlace } from './sealed-text.js';

const key = createSecretKey(randomBytes(32));
const place: SealedPlace = { workspace: 'w1', table: 'channel', column: 'secrets.token', row: 'r1' };
const versions = { kek: 3, dek: 7 };
const bytes = fc.uint8Array({ maxLength: 300 });

const versionedKey = (version: number) => ({ version, key: createSecretKey(randomBytes(32)) });

describe('a sealed text', () => {
  it('opens to the bytes that were sealed, whatever they are', () => {
    fc.assert(
      fc.property(bytes, (plain) => {
        const sealed = sealBytes(key, versions, place, plain);
        expect(openBytes(key, place, sealed)).toEqual(Buffer.from(plain));
        expect(versionsOf(sealed)).toEqual(versions);
      }),
    );
  });

  it('never looks the same twice, and has the documented form', () => {
    const [one, two] = [0, 1].map(() => sealBytes(key, versions, place, Buffer.from('x')));
    expect(one).not.toBe(two);
    expect(one).toMatch(/^v1\.3\.7\.[\w-]{16}\.[\w-]{2}\.[\w-]{22}$/);
  });

  it('does not open when any of its characters was changed, added or removed', () => {
    const alphabet = [...'ABab09-_.v='];
    fc.assert(
      fc.property(
        bytes,
        fc.nat(),
        fc.constantFrom(...alphabet),
        fc.constantFrom(0, 1, 2),
        (plain, at, letter, kind) => {
          const sealed = sealBytes(key, versions, place, plain);
          const index = at % sealed.length;
          const altered =
            sealed.slice(0, index) + (kind === 2 ? '' : letter) + sealed.slice(index + (kind === 1 ? 0 : 1));
          fc.pre(altered !== sealed);
          expect(() => openBytes(key, place, altered)).toThrow(/store\/sealed/);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('does not open in another workspace, table, column or row, nor with another key', () => {
    const sealed = sealBytes(key, versions, place, Buffer.from('secret'));
    for (const part of ['workspace', 'table', 'column', 'row'] as const) {
      expect(() => openBytes(key, { ...place, [part]: 'other' }, sealed), part).toThrow(/store\/sealed/);
    }
    expect(() => openBytes(createSecretKey(randomBytes(32)), place, sealed)).toThrow(/store\/sealed/);
  });

  it('says nothing of its content when it does not open', () => {
    const sealed = sealBytes(key, versions, place, Buffer.from('hunter2'));
    try {
      openBytes(key, { ...place, row: 'r2' }, sealed);
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toMatch(/hunter2|v1\.3/);
    }
    expect.assertions(1);
  });
});

describe('the keyring', () => {
  it('unwraps data keys that an earlier key of the installation wrapped, and wraps with the current one only', () => {
    const [first, second] = [versionedKey(1), versionedKey(2)];
    const before = new Keyring({ current: first, old: [] });
    const { dataKey, wrapped } = before.newDataKey('w1', 1);
    const after = new Keyring({ current: second, old: [first] });
    expect(after.unwrap('w1', 1, wrapped).key.equals(dataKey.key)).toBe(true);
    const again = after.wrap('w1', dataKey);
    expect([after.isCurrent(wrapped), after.isCurrent(again)]).toEqual([false, true]);
    expect(() => new Keyring({ current: second, old: [] }).unwrap('w1', 1, wrapped)).toThrow(
      /version 1 .* not configured/,
    );
    expect(() => after.unwrap('w2', 1, again)).toThrow(/store\/sealed/);
    expect(() => after.unwrap('w1', 2, again)).toThrow(/store\/sealed/);
  });

  it('derives another key for each purpose and version, and the same one every time', () => {
    const keys = { current: versionedKey(2), old: [versionedKey(1)] };
    const [one, two] = [new Keyring(keys).derive('a'), new Keyring(keys).derive('a')];
    expect([...one.keys()]).toEqual([1, 2]);
    expect(one.get(1)?.equals(two.get(1)!)).toBe(true);
    expect(one.get(1)?.equals(one.get(2)!)).toBe(false);
    expect(new Keyring(keys).derive('b').get(1)?.equals(one.get(1)!)).toBe(false);
  });
});
