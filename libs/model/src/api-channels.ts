import { z } from 'zod';
import { Channel, Health } from './api.js';
import { ChannelConnection } from './api-operations.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** What lately came in and went out on a channel, and how its health went. */
export const ChannelActivity = z
  .object({
    received: z
      .array(
        z.object({
          id: z.string(),
          kind: z.string().describe('What the provider told: `message`, `receipt`, `ignored`, …'),
          status: z.string().describe('pending, done, dead, quarantined or ignored'),
          reason: z.string().nullable(),
          at: instant,
          raw: z.string().describe('As it came, at most 4 000 characters'),
        }),
      )
      .describe('The newest, at most 30 of the last 2 000 of the workspace'),
    sent: z.array(
      z.object({
        id: z.string(),
        message_id: z.string(),
        status: z.string(),
        attempts: z.int().nonnegative(),
        reason: z.string().nullable(),
        at: instant,
      }),
    ),
    health: z.array(Health).describe('Changes of the health of 90 days, the newest first, at most 100'),
  })
  .meta({ id: 'ChannelActivity' });
export type ChannelActivity = z.infer<typeof ChannelActivity>;

/** How a channel is at this moment, as its stream tells it. */
export const ChannelGlance = z
  .object({
    channel: Channel,
    connection: ChannelConnection.nullable().describe('Of a channel that holds one'),
    last_received_at: instant.nullable(),
    last_sent_at: instant.nullable(),
  })
  .meta({ id: 'ChannelGlance' });
export type ChannelGlance = z.infer<typeof ChannelGlance>;
