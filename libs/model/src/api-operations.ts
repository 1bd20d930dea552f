import { z } from 'zod';
import { Channel, Health, listOf } from './api.js';
import { askedInstant } from './asked.js';
import { BotDefinition } from './bot.js';
import { Contents } from './content.js';
import { ProviderError } from './inbound.js';
import { ChannelId, ConversationId, MessageId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

export const ChannelCheck = z
  .object({
    state: Health.shape.state,
    reason: z.string().describe('What is so, why, and what to do'),
    fields: z.record(z.string(), z.string()).describe('Settings that are wrong, by name'),
    channel: Channel,
  })
  .meta({ id: 'ChannelCheck' });
export type ChannelCheck = z.infer<typeof ChannelCheck>;

export const OauthLink = z
  .object({
    url: z.string().describe("The provider's page on which a person grants access"),
    redirect_url: z.string().describe('Where the provider sends that person back to; to be registered there'),
    expires_at: instant.describe('Until when the person must have come back'),
  })
  .meta({ id: 'OauthLink' });
export type OauthLink = z.infer<typeof OauthLink>;

export const DryRun = z
  .strictObject({
    parts: Contents.describe('What would be said'),
    to: z.string().min(1).max(512).optional().describe('Address of the person: some refusals depend on it'),
  })
  .meta({ id: 'DryRun' });
export type DryRun = z.infer<typeof DryRun>;

export const DryRunResult = z
  .object({
    parts: z.array(
      z.object({
        rendering: z.string().describe('How the piece reads: `text`, `button`, …'),
        body: z.record(z.string(), z.unknown()).describe("One call's content, in the provider's words"),
        refused: z
          .object({ code: z.string(), reason: z.string() })
          .nullable()
          .describe('Why it could not go out to somebody who has not written yet'),
      }),
    ),
    lost: z.array(z.string()).describe('What the channel cannot show, for the author'),
  })
  .meta({ id: 'DryRunResult' });
export type DryRunResult = z.infer<typeof DryRunResult>;

export const Simulate = z
  .strictObject({
    from: z.string().trim().min(1).max(512).describe('The person, as the channel writes addresses'),
    text: z.string().min(1).max(4_096),
  })
  .meta({ id: 'Simulate' });
export type Simulate = z.infer<typeof Simulate>;

export const SimulateResult = z
  .object({ status: z.int().describe('What the provider would have been answered') })
  .meta({ id: 'SimulateResult' });
export type SimulateResult = z.infer<typeof SimulateResult>;

export const InstallResult = z
  .object({ done: z.string().describe('What was registered at the provider') })
  .meta({ id: 'InstallResult' });
export type InstallResult = z.infer<typeof InstallResult>;

export const ChannelConnection = z
  .object({
    state: z.enum(['connecting', 'needs-person', 'open', 'degraded', 'down', 'closed']),
    reason: z.string().describe('What is so, why, and what to do'),
    since: instant,
    set_up: z
      .object({
        kind: z.enum(['qr', 'code', 'link']),
        value: z.string().describe('Text of the QR code, the code to type, or the address to open'),
        expires_at: instant.nullable(),
      })
      .nullable()
      .describe('What a person needs for the next step'),
  })
  .meta({ id: 'ChannelConnection' });
export type ChannelConnection = z.infer<typeof ChannelConnection>;

export const CreateBot = z
  .strictObject({ name: z.string().trim().min(1).max(100), definition: BotDefinition })
  .meta({ id: 'CreateBot' });
export type CreateBot = z.infer<typeof CreateBot>;

export const PublishBot = z
  .strictObject({ definition: BotDefinition.describe('Becomes the next version, and answers from now on') })
  .meta({ id: 'PublishBot' });
export type PublishBot = z.infer<typeof PublishBot>;

export const DeadLetter = z
  .object({
    id: z.string().describe('`inb_…` for something that came in, `dlv_…` for something that should go out'),
    kind: z.enum(['inbox_event', 'delivery']),
    status: z.string().describe('dead, quarantined, failed, unknown or expired'),
    reason: z.string().nullable(),
    provider: ProviderError.nullable().describe("The provider's own code and words, where it said any"),
    channel_id: ChannelId,
    conversation_id: ConversationId.nullable(),
    message_id: MessageId.nullable(),
    attempts: z.int().nonnegative(),
    at: instant.describe('When it came in, or was made'),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.infer<typeof DeadLetter>;
export const DeadLetterList = listOf(DeadLetter, 'DeadLetterList');

export const ReplayDeadLetters = z
  .strictObject({
    kind: z.enum(['delivery', 'inbox_event']),
    channel_id: ChannelId.optional().describe('Only those of this channel'),
    status: z
      .enum(['dead', 'failed', 'expired'])
      .optional()
      .describe('Only those that ended so. What is unknown may have gone out: it is replayed one by one'),
    before: askedInstant.optional().describe('Only those that came in, or were made, before'),
    dry_run: z.boolean().default(false).describe('Counts, and replays nothing'),
  })
  .meta({ id: 'ReplayDeadLetters' });
export type ReplayDeadLetters = z.infer<typeof ReplayDeadLetters>;

export const DeadLetterReplay = z
  .object({
    count: z.int().nonnegative().describe('How many are queued again, or would be; at most 500 in one call'),
    has_more: z.boolean().describe('Whether there are more: call again'),
  })
  .meta({ id: 'DeadLetterReplay' });
export type DeadLetterReplay = z.infer<typeof DeadLetterReplay>;

export const Readiness = z
  .object({
    status: z.enum(['ready', 'degraded']).describe('degraded: everything works, some of it slower'),
    database: z.literal('up'),
    queue: z.enum(['up', 'degraded']),
    queue_since: instant
      .nullable()
      .describe('Since when this gateway knows that the queue is away; null while it is up'),
    work_since: instant
      .nullable()
      .describe('Since when the oldest work waits that no worker takes; null while nothing is a minute late'),
  })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof Readiness>;
