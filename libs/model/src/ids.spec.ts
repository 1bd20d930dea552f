import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageId, idOf, idPrefixes, isId, newId, uuidOf, type IdKind } from './index.js';

const kinds = Object.keys(idPrefixes) as IdKind[];

// Source: typeid/spec, valid.yml of version 0.3.0 (read 2026-11-21); the prefix is not part of what is encoded.
const vectors = [
  ['nil', '00000000000000000000000000', '00000000-0000-0000-0000-000000000000'],
  ['one', '00000000000000000000000001', '00000000-0000-0000-0000-000000000001'],
  ['ten', '0000000000000000000000000a', '00000000-0000-0000-0000-00000000000a'],
  ['sixteen', '0000000000000000000000000g', '00000000-0000-0000-0000-000000000010'],
  ['thirty-two', '00000000000000000000000010', '00000000-0000-0000-0000-000000000020'],
  ['max-valid', '7zzzzzzzzzzzzzzzzzzzzzzzzz', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['valid-alphabet', '0123456789abcdefghjkmnpqrs', '0110c853-1d09-52d8-d73e-1194e95b5f19'],
  ['of the README', '01h2xcejqtf2nbrexx3vqjhp41', '0188bac7-4afa-78aa-bc3b-bd1eef28d881'],
  ['valid-uuidv7', '01h455vb4pex5vsknk084sn02q', '01890a5d-ac96-774b-bcce-b302099a8057'],
] as const;

describe('an id', () => {
  it.each(vectors)('encodes the vector %s of the specification both ways', (_, suffix, uuid) => {
    expect(idOf('message', uuid)).toBe(`msg_${suffix}`);
    expect(uuidOf(`msg_${suffix}`)).toBe(uuid);
    expect(MessageId.parse(`msg_${suffix}`)).toBe(`msg_${suffix}`);
  });

  it('comes back from any UUID, with or without hyphens', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom(...kinds), (uuid, kind) => {
        const id = idOf(kind, uuid);
        expect(isId(kind, id)).toBe(true);
        expect(uuidOf(id)).toBe(uuid);
        expect(idOf(kind, uuid.replaceAll('-', ''))).toBe(id);
      }),
    );
  });

  it('sorts by creation, as text and as UUID, and never repeats', () => {
    const ids = Array.from({ length: 10_000 }, () => newId('message'));
    expect(ids.toSorted()).toEqual(ids);
    const uuids = ids.map(uuidOf);
    expect(uuids.toSorted()).toEqual(uuids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('holds a version 7 UUID with the time of its making', () => {
    const before = Date.now();
    const uuid = uuidOf(newId('turn'));
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const ms = Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);
    // Ids made faster than 2048 a millisecond borrow from the next ones, a few milliseconds at most.
    expect(ms).toBeGreaterThanOrEqual(before);
    expect(ms).toBeLessThan(before + 10_000);
  });

  it.each([
    ['another prefix', 'conv_01h455vb4pex5vsknk084sn02q'],
    ['no prefix', '01h455vb4pex5vsknk084sn02q'],
    ['upper case', 'msg_01H455VB4PEX5VSKNK084SN02Q'],
    ['more than 128 bits', 'msg_8zzzzzzzzzzzzzzzzzzzzzzzzz'],
    ['a letter outside the alphabet', 'msg_01h455vb4pex5vsknk084sn02l'],
    ['25 letters', 'msg_01h455vb4pex5vsknk084sn02'],
    ['27 letters', 'msg_01h455vb4pex5vsknk084sn02qq'],
    ['a line break behind it', 'msg_01h455vb4pex5vsknk084sn02q\n'],
    ['a UUID', '01890a5d-ac96-774b-bcce-b302099a8057'],
  ])('is refused with %s', (_, text) => {
    expect(MessageId.safeParse(text).success).toBe(false);
    expect(isId('message', text)).toBe(false);
  });

  it('has a prefix of its own for each kind, in lower-case letters', () => {
    const prefixes = Object.values(idPrefixes);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    for (const prefix of prefixes) expect(prefix).toMatch(/^[a-z]{2,8}$/);
  });
});
