import { fault } from '#libs/faults';
import type { AnyConnector } from './connector.js';
import { registry } from './registry.gen.js';

/**
 * The connector of this id.
 *
 * @throws Fault `channel/unknown-connector` when this build has none of that name
 */
export function connectorOf(id: string): AnyConnector {
  const connector = registry.get(id);
  if (!connector)
    throw fault('channel/unknown-connector', { detail: `There is no connector "${id.slice(0, 64)}".` });
  return connector;
}

/** What a kind of channel can do, by the ports it has. */
export function capabilitiesOf(connector: AnyConnector): Record<string, boolean> {
  return {
    webhook: connector.webhook !== undefined,
    visitors: connector.visitors !== undefined,
    check: connector.check !== undefined,
    lookup: connector.outbound.lookup !== undefined,
  };
}
