import type { OpenAPIObject } from '@nestjs/swagger';
import { faultCodes, faults } from '#libs/faults';
import { EventType, LiveEventType } from '#libs/model';

/**
 * Says what OpenAPI has no words for, under `x-parley`: each error code with its status and whether to try again, and
 * the events of streams. Clients are made from it.
 *
 * @param document  changed in place
 */
export function describeBeyond(document: OpenAPIObject): void {
  const errors = Object.fromEntries(
    faultCodes.map((code) => [code, { status: faults[code].http, retry: faults[code].retry }]),
  );
  const events = { logged: EventType.options, live: LiveEventType.options };
  Object.assign(document, { 'x-parley': { errors, events } });
}
