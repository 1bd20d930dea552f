import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, inboundEvent, inboundMessage } from '../../../test/support/arbitraries.js';
import { Address, InboundEvent, InboundMessage } from './index.js';

const accepts = (value: unknown): boolean => InboundEvent.safeParse(value).success;

describe('an inbound event', () => {
  it('parses to itself, whatever its kind, also after a way through JSON', () => {
    fc.assert(
      fc.property(inboundEvent(), (event) => {
        expect(InboundEvent.parse(event)).toEqual(event);
        expect(InboundEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
      }),
    );
  });

  it('is refused with a field that its kind does not have', () => {
    fc.assert(fc.property(inboundEvent(), (event) => !accepts({ ...event, surprise: 1 })));
  });

  it('always has a key by which it is recognised when it comes again', () => {
    fc.assert(
      fc.property(inboundEvent(), ({ event_key: key, ...rest }) => {
        expect(key.length).toBeGreaterThan(0);
        expect(accepts(rest)).toBe(false);
        expect(accepts({ ...rest, event_key: '' })).toBe(false);
        expect(accepts({ ...rest, event_key: 'k'.repeat(512) })).toBe(true);
        expect(accepts({ ...rest, event_key: 'k'.repeat(513) })).toBe(false);
      }),
    );
  });

  it("keeps the provider's time with its offset, and refuses a time without one", () => {
    fc.assert(
      fc.property(inboundMessage(), (event) => {
        expect(accepts({ ...event, sent_at: '2026-11-21T06:28:03.5+05:30' })).toBe(true);
        expect(accepts({ ...event, sent_at: '2026-11-21T06:28:03' })).toBe(false);
        expect(accepts({ ...event, sent_at: 1_763_706_483 })).toBe(false);
      }),
      { numRuns: 10 },
    );
  });

  it('of kind message says something', () => {
    fc.assert(
      fc.property(inboundMessage(), (event) => !InboundMessage.safeParse({ ...event, content: [] }).success),
      { numRuns: 10 },
    );
  });
});

describe('an address', () => {
  it('parses to itself', () => {
    fc.assert(
      fc.property(address(), (made) => {
        expect(Address.parse(made)).toEqual(made);
      }),
    );
  });

  it.each(['', 'Phone', '1phone', 'phone number', 'x'.repeat(33)])(
    'is refused with the kind “%s”',
    (kind) => {
      expect(Address.safeParse({ kind, value: 'v' }).success).toBe(false);
    },
  );
});
