import { describe } from 'vitest';
import { checkDelivering } from './check-delivering.js';
import { checkInbound } from './check-inbound.js';
import { checkManifest } from './check-manifest.js';
import { checkPlanning } from './check-planning.js';
import type { Subject } from './subject.js';

/**
 * Registers, in a connector's spec, the tests that every connector must pass: what it says of itself, signatures and
 * decoding, plans within limits, and one call with a fixed list of ways to fail. A port that is absent is not asked.
 */
export function conformance<Settings>(subject: Subject<Settings>): void {
  describe(`conformance of ${subject.connector.manifest.id}`, () => {
    checkManifest(subject);
    checkPlanning(subject);
    checkInbound(subject);
    checkDelivering(subject);
  });
}
