import { z } from 'zod';
import { ChannelId } from './ids.js';

/** What can be forgotten after a time. */
export const RetentionKind = z.enum(['messages', 'traces', 'media', 'inbox', 'webhooks']);
export type RetentionKind = z.infer<typeof RetentionKind>;

/** Days by kind, where there is no rule, as the installation says; null: for ever. */
export type RetentionDefaults = Readonly<Record<RetentionKind, number | null>>;

/** Most days that deliveries of webhooks are kept. */
const WEBHOOK_DAYS_MAX = 30;

/** Fewest days: providers repeat what they told for up to a week, and sends end within one. */
const DAYS_MIN = 8;

export const RetentionRule = z
  .object({
    kind: RetentionKind.describe(
      'messages: what was said, with its files and traces · traces: why bots said what they said · media: files that came in · inbox: what providers told, as received · webhooks: deliveries',
    ),
    channel_id: ChannelId.nullable().describe('null: all channels that have no rule of their own'),
    days: z.int(),
  })
  .meta({ id: 'RetentionRule' });
export type RetentionRule = z.infer<typeof RetentionRule>;

export const Retention = z
  .object({
    defaults: z
      .record(z.string(), z.int().nullable())
      .describe('Days by kind where there is no rule; null: for ever'),
    rules: z.array(RetentionRule),
  })
  .meta({ id: 'Retention' });
export type Retention = z.infer<typeof Retention>;

export const SetRetention = z
  .strictObject({
    kind: RetentionKind,
    channel_id: ChannelId.nullable().default(null),
    days: z.int().min(1).max(36_500).nullable().describe('null: as the workspace or the installation says'),
  })
  .refine(({ kind, days }) => days === null || kind === 'webhooks' || days >= DAYS_MIN, {
    error: `must be at least ${DAYS_MIN}: providers repeat themselves for a week`,
    path: ['days'],
  })
  .refine(({ kind, days }) => kind !== 'webhooks' || days === null || days <= WEBHOOK_DAYS_MAX, {
    error: `must be at most ${WEBHOOK_DAYS_MAX} for webhooks`,
    path: ['days'],
  })
  .refine(({ kind, channel_id: channel }) => kind !== 'webhooks' || channel === null, {
    error: 'must be null for webhooks',
    path: ['channel_id'],
  })
  .meta({ id: 'SetRetention' });
export type SetRetention = z.infer<typeof SetRetention>;
