import { z } from 'zod';
import type { Manifest } from '../../connector.js';

/** The longest text of one message, in UTF-16 code units. */
export const TEXT_MAX = 1_000;

export const ToySettings = z.strictObject({
  base_url: z
    .url({ protocol: /^https?$/ })
    .default('https://api.toy.example')
    .describe('Address of the API, without a slash at the end'),
  api_key: z.string().min(8).max(200).describe('Key of the account, from its settings page'),
  signing_secret: z.string().min(16).max(200).describe('Secret of the webhook, from its settings page'),
});
export type ToySettings = z.infer<typeof ToySettings>;

export const manifest: Manifest<ToySettings> = {
  id: 'toy',
  label: 'Toy',
  description: 'Toy: JSON in, JSON out, text and nothing else.',
  settings: ToySettings,
  secrets: ['api_key', 'signing_secret'],
  limits: [{ name: 'text', value: TEXT_MAX, unit: 'UTF-16 code units', source: 'ours' }],
  steps: [
    {
      title: 'Copy the key',
      text: 'Take the API key and the signing secret from the settings page of the account.',
    },
    { title: 'Set the webhook', text: "Give the provider the channel's webhook address." },
  ],
  deliveryClass: () => 'idempotent',
  pacing: (settings) => ({ account: settings.base_url, perAccount: { ratePerSecond: 10, burst: 10 } }),
};
