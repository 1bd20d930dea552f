import { z } from 'zod';
import { defineJob, type JobDefinition } from './job.js';

/** Wake-ups are spread over so many keys: enough for every worker to get some, few enough to be one job under load. */
export const wakeShards = 8;

const wake = z.strictObject({
  v: z.literal(1),
  shard: z
    .int()
    .min(0)
    .max(wakeShards - 1),
});

/** Rings that mailboxes have something: the worker claims whatever is due, so a lost or doubled bell does no harm. */
export const drainMailboxes = defineJob({
  name: 'inbound.drain-mailboxes',
  queue: 'inbound',
  description:
    'Claims mailboxes that are due and handles what they hold. Rung by the gateway after it has stored events.',
  payload: wake,
  dedupe: ({ shard }) => `drain-${shard}`,
});

/** Rings that deliveries are due. */
export const sendDeliveries = defineJob({
  name: 'outbound.send-deliveries',
  queue: 'outbound',
  description: 'Claims deliveries that are due and sends them. Rung by whoever committed a message to send.',
  payload: wake,
  dedupe: ({ shard }) => `send-${shard}`,
});

/** Every kind of job there is; docs/jobs.md and the check at boot are made from it. */
export const allJobs: readonly JobDefinition[] = [drainMailboxes, sendDeliveries];
