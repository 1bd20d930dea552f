import { fault } from '#libs/faults';
import type { ChannelId } from '#libs/model';
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

/** Where a channel's provider calls this installation; undefined for one that calls nothing. */
export function hookUrlOf(
  publicUrl: string,
  { id, connector }: { id: ChannelId; connector: string },
): string | undefined {
  if (registry.get(connector)?.webhook === undefined) return undefined;
  return `${publicUrl}/hooks/${connector}/${id}`;
}

/** What a kind of channel can do, by the ports it has. */
export function capabilitiesOf(connector: AnyConnector): Record<string, boolean> {
  return {
    webhook: connector.webhook !== undefined,
    visitors: connector.visitors !== undefined,
    check: connector.check !== undefined,
    lookup: connector.outbound.lookup !== undefined,
    connection: connector.connection !== undefined,
    install: connector.install !== undefined,
    oauth: connector.oauth !== undefined,
    simulate: connector.simulate !== undefined,
  };
}
