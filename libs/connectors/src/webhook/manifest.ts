import { createHash } from 'node:crypto';
import { contentLimits } from '#libs/model';
import { z } from 'zod';
import type { Manifest, Pacing } from '../connector.js';
import { WebhookSecret } from '../shared/standard-webhooks.js';

const address = z
  .url({ protocol: /^https?$/ })
  .max(contentLimits.urlMax)
  .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), { error: 'must not hold a user name or password' });
const rate = z.number().positive().max(100_000);
const burst = z.int().positive().max(100_000);

export const WebhookSettings = z
  .strictObject({
    url: address.describe('Where Parley posts what your channel should send'),
    inbound_secret: WebhookSecret.describe('You sign what you post to Parley with it: whsec_ and base64'),
    inbound_secret_previous: WebhookSecret.optional().describe(
      'Still accepted while you change over to a new one',
    ),
    outbound_secret: WebhookSecret.describe('Parley signs what it posts to you with it: whsec_ and base64'),
    delivery: z
      .enum(['idempotent', 'look-up', 'blind'])
      .default('idempotent')
      .describe(
        'What your side knows when an answer was lost: idempotent: it recognises webhook-id · look-up: it can be asked at lookup_url · blind: neither',
      ),
    lookup_url: address
      .optional()
      .describe('Asked with ?id=…: 200 with {"id","status"} when it went out, else 404'),
    sends_again: z
      .boolean()
      .default(false)
      .describe(
        'Your side posts again, for hours, what Parley answers with 503. Otherwise Parley keeps on its own disk what you post while its database is away',
      ),
    choices: z
      .enum(['native', 'numbered'])
      .default('native')
      .describe('native: choices, cards, lists and forms arrive as they are · numbered: as numbered text'),
    text_max: z
      .int()
      .min(16)
      .max(contentLimits.textMax)
      .default(4_096)
      .describe('Longest text that your side takes, in UTF-16 code units; longer ones come in several posts'),
    account: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('Channels with the same account share its rate and its pauses; default: the url'),
    rate_per_second: rate.optional().describe('Posts per second over the account; default: no limit'),
    burst: burst.optional().describe('Posts at once after a rest; default: one second of rate_per_second'),
    destination_rate_per_second: rate
      .optional()
      .describe('Posts per second to one thread; default: no limit'),
    destination_burst: burst
      .optional()
      .describe('Posts at once to one thread after a rest; default: one second'),
  })
  .refine((settings) => settings.delivery !== 'look-up' || settings.lookup_url !== undefined, {
    error: 'is needed when delivery is look-up',
    path: ['lookup_url'],
  });
export type WebhookSettings = z.infer<typeof WebhookSettings>;

export const manifest: Manifest<WebhookSettings> = {
  id: 'webhook',
  label: 'Webhook',
  description: 'Bring your own channel: signed JSON comes in, signed JSON goes out.',
  settings: WebhookSettings,
  secrets: ['inbound_secret', 'inbound_secret_previous', 'outbound_secret'],
  limits: [
    {
      name: 'text',
      value: contentLimits.textMax,
      unit: 'UTF-16 code units; text_max of the channel may be lower',
      source: 'ours',
    },
    { name: 'events', value: 100, unit: 'events in one inbound post', source: 'ours' },
  ],
  steps: [
    {
      title: 'Make two secrets',
      text: 'Each is whsec_ and the base64 of 32 random bytes: one for each direction.',
    },
    {
      title: 'Receive',
      text: 'Answer the posts at your url: check the Standard Webhooks signature, keep the message, answer 2xx with {"id": "your id"}. Recognise repetitions by webhook-id, and answer 5xx only when you kept nothing.',
    },
    {
      title: 'Send',
      text: "Post what people write to the channel's webhook address, signed by Standard Webhooks with the inbound secret. Post again what is not answered with 2xx, and turn on sends_again when you do so for hours.",
    },
    {
      title: 'Check',
      text: 'Run the check of the channel: it makes a HEAD request to your url and sends nothing to anyone.',
    },
  ],
  partsAs: 'webhook',
  deliveryClass: (settings) => settings.delivery,
  pacing: pacingOf,
};

function pacingOf(settings: WebhookSettings): Pacing {
  const account = bucket(settings.rate_per_second, settings.burst);
  const destination = bucket(settings.destination_rate_per_second, settings.destination_burst);
  return {
    account: settings.account ?? nameOfUrl(settings.url),
    ...(account && { perAccount: account }),
    ...(destination && { perDestination: destination }),
  };
}

function bucket(ratePerSecond: number | undefined, most: number | undefined): Pacing['perAccount'] {
  return ratePerSecond === undefined
    ? undefined
    : { ratePerSecond, burst: most ?? Math.max(1, Math.ceil(ratePerSecond)) };
}

/** Short and without the path, which may hold a token. */
function nameOfUrl(url: string): string {
  return `${new URL(url).host}#${createHash('sha256').update(url).digest('hex').slice(0, 12)}`;
}
