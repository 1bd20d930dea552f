import { connectorOf, type AnyConnector, type Plan } from '#libs/connectors';
import type { Address, Content } from '#libs/model';
import { connectionAccount, type LoadedChannel, type NewDelivery } from '#libs/store';

/** How long a reply still makes sense. After that it ends as expired, with its reason, instead of arriving out of place. */
export const replyTtlMs = 24 * 3_600_000;

/** Where a conversation's messages go. */
export interface ConversationAddress {
  thread: string;
  address: Address | null;
}

/** What one message becomes on a channel. */
export interface PlannedMessage {
  /** One for each part, in order; empty when the channel can carry nothing of it. */
  deliveries: Omit<NewDelivery, 'deliveryId' | 'messageId'>[];
  /** What the channel could not show. */
  lost: Plan['lost'];
}

/**
 * Plans a message's deliveries. Pure: the parts are fixed before the commit that queues them, so that every later attempt
 * sends the very same.
 *
 * @param ttlMs  after which what was not sent ends as expired
 * @throws Fault `channel/unknown-connector`
 */
export function planDeliveries(
  channel: LoadedChannel,
  to: ConversationAddress,
  content: readonly Content[],
  ttlMs: number = replyTtlMs,
): PlannedMessage {
  const connector: AnyConnector = connectorOf(channel.connector);
  const { parts, lost } = connector.outbound.plan(content, channel.settings);
  const account = accountOf(channel);
  const deliveries = parts.map((part, index) => ({
    channelId: channel.channelId,
    part: index,
    parts: parts.length,
    body: { body: part.body, rendering: part.rendering },
    class: connector.manifest.deliveryClass(channel.settings),
    account,
    destination: connector.outbound.destinationOf?.(to) ?? to.address?.value ?? to.thread,
    ttlMs,
  }));
  return { deliveries, lost };
}

/** By which sends through a channel are paced together; over a held connection, the channel's own. */
export function accountOf(channel: LoadedChannel): string {
  const { connection, manifest } = connectorOf(channel.connector);
  return connection?.carriesSends(channel.settings)
    ? connectionAccount(channel.channelId)
    : manifest.pacing(channel.settings).account;
}
