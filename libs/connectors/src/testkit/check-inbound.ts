import fc from 'fast-check';
import { isFault } from '#libs/faults';
import { InboundEvent } from '#libs/model';
import { describe, expect, it } from 'vitest';
import type { HookRequest, WebhookPort } from '../connector.js';
import { parseSettings } from '../settings.js';
import { readFixtures } from './http-fixture.js';
import type { Subject } from './subject.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');

/** Only what is genuine is taken, and the same request always says the same. */
export function checkInbound<Settings>({
  connector,
  folder,
  settings: raw,
  inbound,
  ...rest
}: Subject<Settings>): void {
  const { webhook } = connector;
  if (!webhook || !inbound) {
    it('has a webhook exactly when its spec can sign requests', () => expect(!webhook).toBe(!inbound));
    return;
  }
  const settings = parseSettings(connector, raw('http://provider.example'));
  const fixtures = readFixtures(folder);

  it('has recorded requests', () => expect(fixtures.length).toBeGreaterThan(0));

  describe.each(fixtures)('fixture $name', ({ request, kinds }) => {
    it('is genuine', () => expect(webhook.authenticate(request, settings)).toEqual({ genuine: true }));

    it('is not genuine with any byte altered', () => {
      for (const altered of alterations(request)) {
        expect(webhook.authenticate(altered, settings)).toMatchObject({ genuine: false });
      }
    });

    it('is not genuine without its signature', () => {
      expect(webhook.authenticate({ ...request, headers: {}, query: {} }, settings)).toMatchObject({
        genuine: false,
      });
    });

    it('decodes to valid events, the same each time', () => {
      const { events, reply } = webhook.decode(request, settings);
      expect(events.map(({ event }) => event.kind)).toEqual(kinds);
      for (const { event } of events) expect(InboundEvent.parse(event)).toEqual(event);
      expect(reply.status).toBe(200);
      expect(keysOf(webhook, request, settings)).toEqual(events.map(({ event }) => event.event_key));
    });
  });

  describe('webhook', () => {
    it('takes what is signed now', () => {
      const request = inbound.sign(inbound.unknownKind, NOW, settings);
      expect(webhook.authenticate(request, settings)).toEqual({ genuine: true });
    });

    it('ignores an unknown kind, and says why', () => {
      const { events } = webhook.decode(inbound.sign(inbound.unknownKind, NOW, settings), settings);
      expect(events).toMatchObject([{ event: { kind: 'ignored', reason: expect.stringMatching(/\S/) } }]);
    });

    it('never throws for a request that is not genuine', () => {
      const genuine = inbound.sign('', NOW, settings);
      const some = (fields: Readonly<Record<string, string>>): fc.Arbitrary<Record<string, string>> =>
        fc.dictionary(fc.constantFrom('x', ...Object.keys(fields)), fc.string());
      fc.assert(
        fc.property(some(genuine.headers), some(genuine.query), fc.uint8Array(), (headers, query, body) => {
          const request = { ...genuine, headers, query, body };
          expect(webhook.authenticate(request, settings)).toMatchObject({ genuine: false });
        }),
      );
    });

    it('throws nothing but input/invalid for a body that it cannot read', () => {
      fc.assert(
        fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
          try {
            webhook.decode(inbound.sign(body, NOW, settings), settings);
          } catch (thrown) {
            expect(isFault(thrown, 'input/invalid')).toBe(true);
          }
        }),
      );
    });

    const { delivered } = inbound;
    if (!delivered) return;
    it('reads back the reference of a send from its receipt', () => {
      const ref = rest.provider?.acceptedRef ?? 'ref-1';
      const { events } = webhook.decode(inbound.sign(delivered(ref), NOW, settings), settings);
      expect(events).toMatchObject([{ event: { kind: 'receipt', provider_ref: ref, status: 'delivered' } }]);
    });
  });
}

function keysOf<Settings>(
  webhook: WebhookPort<Settings>,
  request: HookRequest,
  settings: Settings,
): (string | null)[] {
  return webhook.decode(request, settings).events.map(({ event }) => event.event_key);
}

/** The request with one byte changed, at no more than 200 places, and with one added. */
function* alterations(request: HookRequest): Generator<HookRequest> {
  const step = Math.max(1, Math.floor(request.body.length / 200));
  for (let at = 0; at < request.body.length; at += step) {
    const body = Uint8Array.from(request.body);
    body.set([body.at(at)! ^ 1], at);
    yield { ...request, body };
  }
  yield { ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) };
}
