import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId, uuidOf } from '#libs/model';
import { auditGenesis, auditHash, canonicalJson } from './audit-hash.js';
import { afterId, afterSeq, decodeCursor, encodeCursor, pageOf } from './cursor.js';
import { eventData } from './event-data.js';

describe('a cursor', () => {
  it('says where the page ended, to the same list in the same order', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 64 }),
        fc.constantFrom('asc' as const, 'desc' as const),
        (at, order) => {
          expect(decodeCursor('l', { limit: 1, order, cursor: encodeCursor('l', order, at) })).toBe(at);
        },
      ),
    );
  });

  it('is refused by another list, in another order, and when it is anything else', () => {
    const cursor = encodeCursor('l', 'asc', '5');
    const refused = { code: 'input/invalid-cursor' };
    const wrong = (list: string, order: 'asc' | 'desc', text: string) => () =>
      decodeCursor(list, { limit: 1, order, cursor: text });
    expect(wrong('m', 'asc', cursor)).toThrow(expect.objectContaining(refused));
    expect(wrong('l', 'desc', cursor)).toThrow(expect.objectContaining(refused));
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(wrong('l', 'asc', text)).toThrow(expect.objectContaining(refused));
      }),
    );
    expect(() =>
      afterSeq('l', { limit: 1, order: 'asc', cursor: encodeCursor('l', 'asc', "1' or 1") }),
    ).toThrow();
    expect(() => afterId('l', { limit: 1, order: 'asc', cursor: encodeCursor('l', 'asc', '5') })).toThrow();
  });

  it('is there exactly when there is more', () => {
    const page = { limit: 2, order: 'asc' as const };
    const of = (rows: number[]) => pageOf('l', page, rows, String, (row) => row);
    expect(of([])).toEqual({ data: [], has_more: false, next_cursor: null });
    expect(of([1, 2])).toEqual({ data: [1, 2], has_more: false, next_cursor: null });
    expect(of([1, 2, 3])).toEqual({
      data: [1, 2],
      has_more: true,
      next_cursor: encodeCursor('l', 'asc', '2'),
    });
  });
});

describe('canonical JSON', () => {
  it('is the same for equal values, whatever the order of their keys, and is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(JSON.parse(text)))).toBe(text);
      }),
    );
  });

  it('makes a hash that depends on the workspace, the line before and every field', () => {
    const line = {
      seq: 1,
      at: '2026-11-21T00:00:00.000Z',
      actor: 'system',
      action: 'a',
      target: 't',
      data: {},
    };
    const hashes = [
      auditHash(auditGenesis, 'w', line),
      auditHash(auditGenesis, 'x', line),
      auditHash(Buffer.alloc(32, 1), 'w', line),
      ...Object.keys(line).map((field) =>
        auditHash(auditGenesis, 'w', { ...line, [field]: field === 'seq' ? 2 : 'other' }),
      ),
    ].map((hash) => hash.toString('hex'));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('the data of an event', () => {
  it('names things by id instead of UUID and leaves everything else as it is', () => {
    const [turn, message] = [newId('turn'), newId('message')];
    const stored = {
      turn: uuidOf(turn),
      message: uuidOf(message),
      outcome: 'answered',
      session: 'not a uuid',
      n: 1,
    };
    expect(eventData(stored, null)).toEqual({
      turn_id: turn,
      message_id: message,
      outcome: 'answered',
      session: 'not a uuid',
      n: 1,
    });
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
