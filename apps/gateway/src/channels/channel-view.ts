import { capabilitiesOf, hookUrlOf, registry, type AnyConnector } from '#libs/connectors';
import type { Channel, ChannelType } from '#libs/model';
import type { StoredChannel } from '#libs/store';
import { z } from 'zod';

/** A channel as the API shows it. */
export function channelView({ version: _, ...channel }: StoredChannel, publicUrl: string): Channel {
  return { ...channel, webhook_url: hookUrlOf(publicUrl, channel) ?? null };
}

/** What kinds of channels there are, by name: everything a form needs. */
export function channelTypes(): ChannelType[] {
  return [...registry.values()]
    .map(typeOf)
    .sort((one, other) => one.connector.localeCompare(other.connector));
}

function typeOf(connector: AnyConnector): ChannelType {
  const { id, label, description, settings, secrets, generated, limits, steps } = connector.manifest;
  return {
    connector: id,
    label,
    description,
    settings_schema: z.toJSONSchema(settings as z.ZodType, { io: 'input', unrepresentable: 'any' }),
    secret_fields: [...secrets].map(String),
    generated_fields: Object.keys(generated ?? {}),
    capabilities: capabilitiesOf(connector),
    limits: [...limits],
    steps: [...steps],
  };
}
